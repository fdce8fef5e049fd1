package io.github.websocketkeepalive.stream.client;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

import io.github.websocketkeepalive.client.ReconnectingWebSocket;
import io.github.websocketkeepalive.peer.LogLimiter;
import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.codec.StreamCodec;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.FrameException;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;

/**
 * The connection that all streams of a client share. It is open while there is one, and
 * for a while after that. Thread-safe.
 */
final class ClientConnection {

	private static final Logger logger = LoggerFactory.getLogger(StreamClient.class);

	private final Map<String, ClientStream<?>> streams = new ConcurrentHashMap<>();

	private final AtomicLong names = new AtomicLong();

	private final LogLimiter limiter = new LogLimiter();

	private final Function<WebSocketHandler, ReconnectingWebSocket> connector;

	private final StreamCodecs codecs;

	private final Duration linger;

	private volatile @Nullable Run run;

	private @Nullable Disposable lingering;

	/**
	 * Create a connection, which is not open.
	 * @param connector what connects
	 * @param codecs the encodings
	 * @param linger how long the connection outlives its last stream
	 */
	ClientConnection(Function<WebSocketHandler, ReconnectingWebSocket> connector, StreamCodecs codecs,
			Duration linger) {
		this.connector = connector;
		this.codecs = codecs;
		this.linger = linger;
	}

	/**
	 * Name a stream.
	 * @return a name that no other stream has
	 */
	String nextName() {
		return "s" + this.names.incrementAndGet();
	}

	/**
	 * Return what frames go to.
	 * @return the link, or {@code null} while there is no connection
	 */
	@Nullable FluxSink<ClientFrame> link() {
		Run run = this.run;
		return (run != null) ? run.link : null;
	}

	/**
	 * Add a stream, and open the connection if it is the first. The stream is woken when
	 * there is a link, and whenever there is another.
	 * @param stream the stream
	 */
	void add(ClientStream<?> stream) {
		Run started = null;
		synchronized (this) {
			this.streams.put(stream.name(), stream);
			if (this.lingering != null) {
				this.lingering.dispose();
				this.lingering = null;
			}
			if (this.run == null) {
				started = new Run();
				this.run = started;
			}
		}
		if (started != null) {
			started.start();
		}
	}

	/**
	 * Remove a stream, and close the connection soon if it was the last.
	 * @param stream the stream
	 */
	synchronized void remove(ClientStream<?> stream) {
		if (this.streams.remove(stream.name(), stream) && this.streams.isEmpty() && this.run != null) {
			this.lingering = Mono.delay(this.linger).subscribe((tick) -> stop());
		}
	}

	private void stop() {
		Run stopped = null;
		synchronized (this) {
			if (this.streams.isEmpty()) {
				stopped = this.run;
				this.run = null;
			}
		}
		if (stopped != null) {
			stopped.subscription.dispose();
		}
	}

	private void ended(Run run, Throwable failure) {
		List<ClientStream<?>> ended;
		synchronized (this) {
			if (this.run != run) {
				return;
			}
			this.run = null;
			ended = List.copyOf(this.streams.values());
			this.streams.clear();
		}
		ended.forEach((stream) -> stream.receive(failure));
	}

	private Type itemType(String name) {
		ClientStream<?> stream = this.streams.get(name);
		return (stream != null) ? stream.itemType() : Object.class;
	}

	private void deliver(@Nullable String name, Object signal) {
		ClientStream<?> stream = (name != null) ? this.streams.get(name) : null;
		if (stream != null) {
			stream.receive(signal);
		}
		else if (name == null) {
			this.limiter.log("misunderstanding",
					(more) -> logger.warn("The server does not understand this client, or this client the server: {}{}",
							PeerText.of(String.valueOf(signal)), more));
		}
	}

	private void deliver(ServerFrame frame) {
		if (frame instanceof ServerFrame.Batch batch) {
			deliver(batch.stream(), batch);
		}
		else if (frame instanceof ServerFrame.Opened opened) {
			deliver(opened.stream(), opened);
		}
		else if (frame instanceof ServerFrame.End end) {
			deliver(end.stream(), end);
		}
		else if (frame instanceof ServerFrame.Error error) {
			deliver(error.stream(), error);
		}
	}

	/**
	 * The connections from the first stream to the last.
	 */
	private final class Run implements WebSocketHandler {

		private final Disposable.Swap subscription = Disposables.swap();

		private volatile @Nullable FluxSink<ClientFrame> link;

		void start() {
			this.subscription.update(ClientConnection.this.connector.apply(this)
				.run()
				.subscribe(null, (failure) -> ended(this, failure),
						() -> ended(this, new StreamException("connection-closed",
								"The connection was closed for good before the stream had ended"))));
		}

		@Override
		public List<String> getSubProtocols() {
			return ClientConnection.this.codecs.subprotocols();
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			StreamCodec codec = ClientConnection.this.codecs.find(session.getHandshakeInfo().getSubProtocol());
			NettyDataBufferFactory buffers = (NettyDataBufferFactory) session.bufferFactory();
			Mono<Void> received = session.receive().doOnNext((message) -> receive(codec, message)).then();
			Mono<Void> sent = session.send(Flux.<ClientFrame>create(this::linked)
				.handle((frame, messages) -> encode(codec, frame, buffers, messages)));
			return Mono.firstWithSignal(received, sent.then(Mono.never())).doFinally((signal) -> linked(null));
		}

		private void linked(@Nullable FluxSink<ClientFrame> link) {
			this.link = link;
			ClientConnection.this.streams.values().forEach(ClientStream::wake);
		}

		private void receive(StreamCodec codec, WebSocketMessage message) {
			if (message.getType() == WebSocketMessage.Type.TEXT || message.getType() == WebSocketMessage.Type.BINARY) {
				try {
					deliver(codec.decodeServer(NettyDataBufferFactory.toByteBuf(message.getPayload()),
							ClientConnection.this::itemType));
				}
				catch (FrameException ex) {
					deliver(ex.getStream(), ex);
				}
			}
		}

		private void encode(StreamCodec codec, ClientFrame frame, NettyDataBufferFactory buffers,
				SynchronousSink<WebSocketMessage> messages) {
			ByteBuf payload;
			try {
				payload = codec.encode(frame, buffers.getByteBufAllocator());
			}
			catch (RuntimeException ex) {
				// Only what the application gave for an Open can be impossible to write.
				deliver((frame instanceof ClientFrame.Open open) ? open.stream() : null, ex);
				return;
			}
			messages.next(new WebSocketMessage(
					codec.binary() ? WebSocketMessage.Type.BINARY : WebSocketMessage.Type.TEXT, buffers.wrap(payload)));
		}

	}

}
