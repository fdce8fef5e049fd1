package io.github.websocketkeepalive.stream.server;

import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.stream.StreamFeed;
import io.github.websocketkeepalive.stream.StreamRequest;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.FrameException;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;
import io.github.websocketkeepalive.stream.protocol.StreamError;
import io.github.websocketkeepalive.stream.session.StreamSession;
import io.github.websocketkeepalive.stream.session.StreamSessions;
import io.github.websocketkeepalive.stream.session.TakenSession;
import io.github.websocketkeepalive.stream.session.Weight;

/**
 * The streams of one connection. Confined to the event loop of its channel.
 */
final class ServerConnection implements StreamSessions.Holder {

	private final Map<String, OutboundStream> streams = new LinkedHashMap<>();

	/**
	 * Streams of which the client may still acknowledge something, the latest ones.
	 */
	private final Map<String, OutboundStream> endedStreams = new LinkedHashMap<>();

	private final Channel channel;

	private final ConnectionScope scope;

	private final Map<String, StreamFeed> feeds;

	private final @Nullable Principal principal;

	private final ConnectionSession session;

	private final Runnable closer;

	private final ReadBudget budget;

	private final OpenPace pace;

	private final MessageQueue queue;

	private final MessageWriter writer;

	private Runnable onReady = () -> {
	};

	private boolean ended;

	/**
	 * Create a connection without streams.
	 * @param channel its channel
	 * @param turns runs what it has to send on its event loop
	 * @param scope what its streams share
	 * @param feeds what is offered, by name
	 * @param principal the user, if there is one
	 * @param session its session
	 * @param closer closes the connection
	 */
	ServerConnection(Channel channel, Executor turns, ConnectionScope scope, Map<String, StreamFeed> feeds,
			@Nullable Principal principal, ConnectionSession session, Runnable closer) {
		this.channel = channel;
		this.scope = scope;
		this.feeds = feeds;
		this.principal = principal;
		this.session = session;
		this.closer = closer;
		this.budget = new ReadBudget(scope.policy(), this.streams::size);
		this.pace = new OpenPace(scope.policy().maxStreams(), System.nanoTime());
		this.queue = new MessageQueue(turns, this::send);
		this.writer = new MessageWriter(this.queue, scope.codec().binary(), turns, this::end);
	}

	/**
	 * Begin to send and to receive.
	 * @param onReady called whenever the next message may be received
	 */
	void start(Runnable onReady) {
		this.onReady = onReady;
		this.writer.install(this.channel);
		this.onReady.run();
	}

	/**
	 * Take a frame of the client. Those that come after the end are asked for one by one
	 * all the same: what nobody asks for is never released.
	 * @param frame the frame
	 */
	void received(ClientFrame frame) {
		if (this.ended) {
			ready();
		}
		else if (frame instanceof ClientFrame.Session wanted) {
			begin(wanted);
		}
		else if (frame instanceof ClientFrame.Open open) {
			open(open);
			readyAfterOpen();
		}
		else {
			take(frame);
			ready();
		}
	}

	/**
	 * Answer a message that makes no sense.
	 * @param failure what is wrong with it
	 */
	void received(FrameException failure) {
		if (!this.ended) {
			refuse(failure.getStream(), failure.getRef(), StreamError.BAD_FRAME, String.valueOf(failure.getMessage()));
		}
		ready();
	}

	/**
	 * End all streams, because the connection does. The session is kept.
	 */
	void end() {
		if (this.ended) {
			return;
		}
		this.ended = true;
		this.session.keep(this,
				Stream.concat(this.streams.values().stream(), this.endedStreams.values().stream())
					.map(OutboundStream::kept)
					.filter(Objects::nonNull)
					.toList());
		this.streams.values().forEach((stream) -> {
			stream.abandon();
			this.scope.tell((listener) -> listener.onClosed(stream.source()));
		});
		this.streams.clear();
		this.endedStreams.clear();
		this.writer.close();
		this.queue.clear();
		ready();
	}

	// Reactor Netty never releases a Close frame that it is given after the end.
	@Override
	public Mono<StreamSession> giveUpSession() {
		return Mono.create((sink) -> this.channel.eventLoop().execute(() -> {
			end();
			sink.success(this.session.last());
			if (this.channel.isActive()) {
				this.closer.run();
			}
		}));
	}

	private void take(ClientFrame frame) {
		if (frame instanceof ClientFrame.Ack ack) {
			acknowledge(ack);
		}
		else if (frame instanceof ClientFrame.Cancel cancel) {
			cancel(cancel.stream());
		}
		else if (frame instanceof ClientFrame.Ping) {
			answer(new ServerFrame.Pong());
		}
	}

	private void open(ClientFrame.Open open) {
		StreamFeed feed = this.feeds.get(open.source());
		if (this.streams.containsKey(open.stream())) {
			refuse(open, StreamError.STREAM_EXISTS, "A stream of that name is open already.");
		}
		else if (this.streams.size() >= this.scope.policy().maxStreams()) {
			refuse(open, StreamError.TOO_MANY_STREAMS,
					"At most %d streams may be open on one connection.".formatted(this.scope.policy().maxStreams()));
		}
		else if (feed == null) {
			refuse(open, StreamError.UNKNOWN_SOURCE, "There is no source of that name.");
		}
		else if (requestBytes() + Weight.of(open.request()) > this.scope.policy().maxRequest()) {
			refuse(open, StreamError.REQUEST_TOO_LARGE,
					"The parameters of all streams of a connection may take at most %d bytes."
						.formatted(this.scope.policy().maxRequest()));
		}
		else {
			open(open, feed);
		}
	}

	private void open(ClientFrame.Open open, StreamFeed feed) {
		OutboundStream stream = new OutboundStream(this.scope, open, this.budget, this.queue::signal,
				this::streamEnded);
		this.endedStreams.remove(open.stream());
		this.streams.put(open.stream(), stream);
		this.scope.tell((listener) -> listener.onOpened(open.source()));
		StreamRequest request = new StreamRequest(open.source(), open.request(), this.principal,
				this.session.attributes());
		stream.read(() -> feed.open(request, open.from()));
	}

	private long requestBytes() {
		return Stream.concat(this.streams.values().stream(), this.endedStreams.values().stream())
			.mapToLong((stream) -> stream.request().isEmpty() ? 0 : Weight.of(stream.request()))
			.sum();
	}

	private void acknowledge(ClientFrame.Ack ack) {
		OutboundStream stream = this.streams.getOrDefault(ack.stream(), this.endedStreams.get(ack.stream()));
		if (stream == null) {
			refuse(ack.stream(), null, StreamError.UNKNOWN_STREAM, "There is no stream of that name.");
		}
		else if (stream.acknowledge(ack.offset())) {
			this.queue.signal(stream);
		}
		else {
			refuse(ack.stream(), stream.ref(), StreamError.BAD_OFFSET,
					"Offset %d was never sent.".formatted(ack.offset()));
		}
	}

	private void cancel(String name) {
		OutboundStream stream = this.streams.get(name);
		OutboundStream ended = this.endedStreams.get(name);
		if (stream != null) {
			stream.abandon();
			this.queue.signal(stream);
			streamEnded(stream);
		}
		else if (ended != null) {
			// So that a session does not open it again.
			ended.abandon();
		}
		answer(new ServerFrame.Cancelled(name, (stream != null) ? stream.ref() : null));
	}

	private void streamEnded(OutboundStream stream) {
		this.streams.remove(stream.name());
		this.endedStreams.put(stream.name(), stream);
		if (this.endedStreams.size() > this.scope.policy().maxStreams()) {
			this.endedStreams.remove(this.endedStreams.keySet().iterator().next());
		}
		this.scope.tell((listener) -> listener.onClosed(stream.source()));
	}

	private void begin(ClientFrame.Session frame) {
		if (this.session.isBegun() || !this.streams.isEmpty() || !this.endedStreams.isEmpty()) {
			refuse(null, null, StreamError.BAD_FRAME,
					"A session is asked for once, before the first stream is opened.");
			ready();
			return;
		}
		this.session.begin(frame.token()).subscribe(this::found);
	}

	private void found(Optional<TakenSession> found) {
		try {
			this.channel.eventLoop().execute(() -> begun(found));
		}
		catch (RejectedExecutionException ex) {
			found.ifPresent(TakenSession::putBack);
		}
	}

	private void begun(Optional<TakenSession> found) {
		if (this.ended) {
			found.ifPresent(TakenSession::putBack);
			return;
		}
		answer(this.session.grant(found, this));
		found.ifPresent((taken) -> taken.session().streams().forEach(this::reopen));
		ready();
	}

	private void reopen(StreamSession.OpenStream stream) {
		open(new ClientFrame.Open(stream.stream(), stream.ref(), stream.source(), stream.request(), stream.window(),
				stream.position()));
	}

	private void refuse(ClientFrame.Open open, StreamError error, String message) {
		refuse(open.stream(), open.ref(), error, message);
	}

	private void refuse(@Nullable String stream, @Nullable String ref, StreamError error, String message) {
		answer(this.scope.error(stream, ref, error.code(), message));
	}

	private void answer(ServerFrame frame) {
		this.queue.answer(this.scope.encode(frame));
	}

	private void ready() {
		this.queue.whenRoom(this.onReady);
	}

	// A client that opens streams too fast is not refused but read more slowly.
	private void readyAfterOpen() {
		long delay = this.pace.opened(System.nanoTime());
		if (delay > 0) {
			this.channel.eventLoop().schedule(this::readyUnlessEnded, delay, TimeUnit.NANOSECONDS);
		}
		else {
			ready();
		}
	}

	private void readyUnlessEnded() {
		if (!this.ended) {
			ready();
		}
	}

	private void send() {
		this.writer.write();
	}

}
