package io.github.websocketkeepalive.stream.webflux;

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.codec.BatchEncoder;
import io.github.websocketkeepalive.stream.codec.BatchWriter;
import io.github.websocketkeepalive.stream.flow.SendWindow;
import io.github.websocketkeepalive.stream.frame.ClientFrame;
import io.github.websocketkeepalive.stream.frame.ServerFrame;
import io.github.websocketkeepalive.stream.frame.StreamError;
import io.github.websocketkeepalive.stream.session.StreamSession;
import io.github.websocketkeepalive.stream.webflux.input.FeedReader;
import io.github.websocketkeepalive.stream.webflux.output.MessageSource;

/**
 * One stream of a connection: makes messages of what its feed signals, whenever it is its
 * turn. Confined to the event loop of the connection.
 */
final class OutboundStream implements MessageSource {

	private static final Logger logger = LoggerFactory.getLogger(OutboundStream.class);

	private final ConnectionScope scope;

	private final ClientFrame.Open open;

	private final FeedReader feed;

	private final Consumer<? super OutboundStream> onEnd;

	private final BatchEncoder batches;

	private final SendWindow window;

	private @Nullable String epoch;

	private boolean broken;

	private boolean ended;

	private boolean abandoned;

	/**
	 * Create a stream that reads nothing before it is subscribed.
	 * @param scope the connection
	 * @param open what the client asked for
	 * @param onSignal called, on any thread, when there may be something to send
	 * @param onEnd called when the stream has ended, unless it was abandoned
	 */
	OutboundStream(ConnectionScope scope, ClientFrame.Open open, Consumer<? super OutboundStream> onSignal,
			Consumer<? super OutboundStream> onEnd) {
		this.scope = scope;
		this.open = open;
		this.feed = new FeedReader(scope.context(), () -> onSignal.accept(this),
				(failure) -> log("failed while it was cancelled", failure));
		this.onEnd = onEnd;
		this.batches = scope.codec().batches(name());
		this.window = new SendWindow(scope.policy(), open.window());
	}

	String name() {
		return this.open.stream();
	}

	@Nullable String ref() {
		return this.open.ref();
	}

	String source() {
		return this.open.source();
	}

	/**
	 * Begin to read.
	 * @param feed opens the feed
	 */
	void read(Supplier<Publisher<FeedSignal>> feed) {
		this.feed.read(feed);
	}

	/**
	 * Return what a session has to keep of the stream.
	 * @return the stream, or {@code null} if the client has all that it wants of it
	 */
	StreamSession.@Nullable OpenStream kept() {
		if (this.abandoned || this.ended && this.window.isSettled()) {
			return null;
		}
		StreamPosition position = (this.epoch != null)
				? new StreamPosition(this.epoch, this.window.acknowledgedOffset()) : this.open.from();
		return new StreamSession.OpenStream(name(), ref(), source(), this.open.request(), this.open.window(), position);
	}

	/**
	 * Take an acknowledgement.
	 * @param offset the first row that is not processed
	 * @return whether it makes sense
	 */
	boolean acknowledge(long offset) {
		return this.window.acknowledge(offset);
	}

	/**
	 * End the stream without a word.
	 */
	void abandon() {
		this.ended = true;
		this.abandoned = true;
		this.feed.drop();
	}

	@Override
	public boolean hasNext() {
		this.feed.look();
		if (this.ended || this.broken) {
			return !this.ended;
		}
		// Read before the next signal: what comes between the two must not be lost.
		boolean done = this.feed.isDone();
		FeedSignal next = this.feed.peek();
		if (next == null) {
			return done || this.epoch != null && this.window.hasRoom() && this.window.demand() > 0;
		}
		return next instanceof FeedSignal.Opened || this.window.hasRoom();
	}

	@Override
	public @Nullable ByteBuf next() {
		boolean done = this.feed.isDone();
		FeedSignal next = this.broken ? null : this.feed.peek();
		if (next instanceof FeedSignal.Opened opened) {
			this.feed.remove();
			return this.scope.encode(opened(opened));
		}
		return (next == null && done) ? this.scope.encode(end()) : batch();
	}

	private ServerFrame opened(FeedSignal.Opened opened) {
		StreamPosition position = opened.position();
		boolean first = this.epoch == null;
		if (position.epoch().equals(this.epoch) && position.offset() >= this.window.nextOffset()) {
			this.window.skipTo(position.offset());
		}
		else {
			this.window.restart(position.offset());
		}
		this.epoch = position.epoch();
		if (!first) {
			this.feed.ask(1);
		}
		else if (this.open.from() != null) {
			this.scope.tell((listener) -> listener.onResumed(source(), opened.recovered()));
		}
		Long missing = opened.missing();
		if (missing != null && missing > 0) {
			this.scope.tell((listener) -> listener.onMissing(source(), missing));
		}
		return new ServerFrame.Opened(name(), ref(), position.epoch(), position.offset(), opened.recovered(), missing,
				this.window.size());
	}

	private @Nullable ByteBuf batch() {
		ask(0);
		if (!(this.feed.peek() instanceof FeedSignal.Item)) {
			return null;
		}
		BatchWriter writer = this.batches.begin(this.window.nextOffset(), this.window.expectedBytes(),
				this.scope.allocator());
		fill(writer);
		int items = writer.items();
		if (items == 0) {
			writer.release();
			return null;
		}
		this.window.sent(items, writer.bytes());
		this.scope.tell((listener) -> listener.onBatch(source(), items));
		return writer.finish();
	}

	private void fill(BatchWriter writer) {
		while (!isComplete(writer) && this.feed.peek() instanceof FeedSignal.Item item && add(writer, item.value())) {
			this.feed.remove();
			if (this.feed.peek() == null && !isComplete(writer)) {
				ask(writer.items());
			}
		}
	}

	private boolean add(BatchWriter writer, Object item) {
		try {
			writer.add(item);
			return true;
		}
		catch (RuntimeException | Error ex) {
			this.broken = true;
			this.feed.fail(ex);
			return false;
		}
	}

	// As long as rows come at once, no more are asked for than a batch has room for.
	private void ask(int rows) {
		if (this.feed.peek() == null) {
			ask(this.window.demandToComplete(rows));
		}
		if (this.feed.peek() == null) {
			ask(this.window.demand());
		}
	}

	private void ask(long count) {
		if (count > 0) {
			this.window.asked(count);
			this.feed.ask(count);
		}
	}

	private boolean isComplete(BatchWriter writer) {
		return this.window.isComplete(writer.items(), writer.bytes());
	}

	private ServerFrame end() {
		this.ended = true;
		this.onEnd.accept(this);
		Throwable failure = this.feed.failure();
		this.feed.drop();
		if (failure == null) {
			return new ServerFrame.End(name(), ref(), this.window.nextOffset());
		}
		if (failure instanceof StreamException refusal) {
			return this.scope.error(name(), ref(), refusal.getCode(), String.valueOf(refusal.getMessage()));
		}
		log("failed", failure);
		return this.scope.error(name(), ref(), StreamError.SOURCE_FAILED.code(), "The source failed.");
	}

	private void log(String what, Throwable failure) {
		this.scope.limiter()
			.log(source() + " " + what, (more) -> logger.warn("[{}] Source '{}' of stream '{}' {}{}", this.scope.id(),
					source(), PeerText.of(name()), what, more, failure));
	}

}
