package io.github.websocketkeepalive.stream.client;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;

/**
 * Follows streams of one server, over one connection, across its losses. Thread-safe;
 * made by a {@link Builder}, which is a bean of prototype scope.
 */
public final class StreamClient {

	private final ClientConnection connection;

	private final Settings settings;

	private StreamClient(ClientConnection connection, Settings settings) {
		this.connection = connection;
		this.settings = settings;
	}

	/**
	 * Follow a stream. Every row comes once and in order, whatever happens to the
	 * connection. A row counts as processed, and is acknowledged soon, when its
	 * {@code onNext} has returned and more is requested.
	 * @param <T> what the rows are
	 * @param subscription what to ask for; asked for anew by each subscriber
	 * @return the rows, on a thread of the scheduler; completes when the source does,
	 * fails with a {@link StreamGapException} if rows are lost, with a
	 * {@link io.github.websocketkeepalive.stream.StreamException} if the server says so,
	 * and as the connection does if that does not come back
	 */
	public <T> Flux<T> rows(StreamSubscription<T> subscription) {
		return items(subscription).map(StreamItem::value);
	}

	/**
	 * Follow a stream as {@link #rows} does, with the place of each row.
	 * @param <T> what the rows are
	 * @param subscription what to ask for; asked for anew by each subscriber
	 * @return the rows and their places
	 */
	public <T> Flux<StreamItem<T>> items(StreamSubscription<T> subscription) {
		return Flux.create((sink) -> new ClientStream<>(this.connection, subscription, this.settings, sink).start(),
				FluxSink.OverflowStrategy.ERROR);
	}

	/**
	 * Process a stream row by row. A row is acknowledged when it is processed, not
	 * before.
	 * @param <T> what the rows are
	 * @param subscription what to ask for
	 * @param processor processes a row; the next one follows when its publisher completes
	 * @return completes when the last row is processed; fails as {@link #rows} and the
	 * processor do
	 */
	public <T> Mono<Void> consume(StreamSubscription<T> subscription,
			Function<? super T, ? extends Publisher<?>> processor) {
		return rows(subscription).concatMap(processor, 0).then();
	}

	/**
	 * How streams are followed.
	 *
	 * @param window maximum number of batches that are not acknowledged
	 * @param ackEvery time after which what is processed is acknowledged at the latest
	 * @param scheduler whose threads deliver rows
	 */
	record Settings(int window, Duration ackEvery, Scheduler scheduler) {
	}

	/**
	 * Builds clients. Not thread-safe; each one injected is a new one.
	 */
	public static final class Builder {

		private static final int LONGEST_MESSAGE = 16 * 1024 * 1024;

		private static final Duration LINGER = Duration.ofSeconds(5);

		private final KeepaliveWebSocketClient.Builder client;

		private final StreamCodecs codecs;

		private final int window;

		private Duration ackEvery;

		private Duration linger = LINGER;

		private Scheduler scheduler = Schedulers.parallel();

		private @Nullable Mono<HandshakeRequest> request;

		/**
		 * Create a builder.
		 * @param client what connects, and takes messages of up to 16 MB unless it is
		 * told otherwise
		 * @param codecs the encodings
		 * @param window maximum number of batches that are not acknowledged
		 * @param ackEvery time after which what is processed is acknowledged at the
		 * latest
		 */
		@Internal
		public Builder(KeepaliveWebSocketClient.Builder client, StreamCodecs codecs, int window, Duration ackEvery) {
			this.client = client.maxMessageSize(LONGEST_MESSAGE);
			this.codecs = codecs;
			this.window = window;
			this.ackEvery = ackEvery;
		}

		/**
		 * Set where to connect.
		 * @param uri where to, {@code ws} or {@code wss}
		 * @return this
		 */
		public Builder uri(URI uri) {
			return request(Mono.just(new HandshakeRequest(uri)));
		}

		/**
		 * Set where to connect.
		 * @param request subscribed to before each attempt, so that a token is fresh
		 * @return this
		 */
		public Builder request(Mono<HandshakeRequest> request) {
			this.request = request;
			return this;
		}

		/**
		 * Change the client that connects: its name, its backoff, its heartbeat.
		 * @param change changes the builder of that client
		 * @return this
		 */
		public Builder client(Consumer<KeepaliveWebSocketClient.Builder> change) {
			change.accept(this.client);
			return this;
		}

		/**
		 * Set after which time what is processed is acknowledged at the latest.
		 * @param time the time
		 * @return this
		 */
		public Builder ackEvery(Duration time) {
			this.ackEvery = time;
			return this;
		}

		/**
		 * Set how long the connection outlives its last stream.
		 * @param time the time
		 * @return this
		 */
		public Builder linger(Duration time) {
			this.linger = time;
			return this;
		}

		/**
		 * Set on which threads rows are delivered, each stream on one of them. Whoever
		 * blocks there needs {@link Schedulers#boundedElastic()}.
		 * @param scheduler the scheduler, {@link Schedulers#parallel()} unless set
		 * @return this
		 */
		public Builder scheduler(Scheduler scheduler) {
			this.scheduler = scheduler;
			return this;
		}

		/**
		 * Build a client, which connects when it has a stream to follow.
		 * @return the client
		 * @throws NullPointerException if neither URI nor request is set
		 */
		public StreamClient build() {
			Mono<HandshakeRequest> request = Objects.requireNonNull(this.request, "uri is not set");
			KeepaliveWebSocketClient client = this.client.build();
			ClientConnection connection = new ClientConnection((handler) -> client.connect(request, handler),
					this.codecs, this.linger);
			return new StreamClient(connection, new Settings(this.window, this.ackEvery, this.scheduler));
		}

	}

}
