package io.github.websocketkeepalive.client;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.resources.ConnectionProvider;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.handshake.WebSocketUri;
import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.HandshakeFailure;
import io.github.websocketkeepalive.client.reconnect.ReconnectPolicy;
import io.github.websocketkeepalive.listener.SafeMono;
import io.github.websocketkeepalive.liveness.LivenessPolicy;

/**
 * Opens WebSockets that are kept alive, and that come back when they are lost. Immutable
 * and thread-safe; made by a {@link Builder}, which is a bean of prototype scope.
 */
public final class KeepaliveWebSocketClient implements WebSocketClient {

	private static final int LONGEST_HEAD = 64 * 1024;

	private final ClientSettings settings;

	private final ClientResources resources;

	private final HttpClient httpClient;

	private final boolean hasAddress;

	private final Supplier<WebsocketClientSpec.Builder> spec;

	private KeepaliveWebSocketClient(ClientSettings settings, ClientResources resources, HttpClient httpClient,
			boolean hasAddress, Supplier<WebsocketClientSpec.Builder> spec) {
		this.settings = settings;
		this.resources = resources;
		this.httpClient = httpClient;
		this.hasAddress = hasAddress;
		this.spec = spec;
	}

	/**
	 * Connect, and connect again whenever the connection ends, until an end is final.
	 * @param uri where to
	 * @param handler handles each connection; by ending its session itself it ends the
	 * client
	 * @return completes or fails as {@link ReconnectingWebSocket#run()} does
	 */
	@Override
	public Mono<Void> execute(URI uri, WebSocketHandler handler) {
		return execute(uri, new HttpHeaders(), handler);
	}

	/**
	 * Connect, and connect again whenever the connection ends, until an end is final.
	 * @param uri where to
	 * @param headers the headers of each handshake
	 * @param handler handles each connection; by ending its session itself it ends the
	 * client
	 * @return completes or fails as {@link ReconnectingWebSocket#run()} does
	 */
	@Override
	public Mono<Void> execute(URI uri, HttpHeaders headers, WebSocketHandler handler) {
		return execute(Mono.just(new HandshakeRequest(uri, headers)), handler);
	}

	/**
	 * Connect, and connect again whenever the connection ends, until an end is final.
	 * @param request subscribed to before each attempt, so that a token is fresh
	 * @param handler handles each connection; by ending its session itself it ends the
	 * client
	 * @return completes or fails as {@link ReconnectingWebSocket#run()} does
	 */
	public Mono<Void> execute(Mono<HandshakeRequest> request, WebSocketHandler handler) {
		return Mono.defer(() -> connect(request, handler).run());
	}

	/**
	 * Prepare a WebSocket whose states can be watched.
	 * @param request subscribed to before each attempt, so that a token is fresh
	 * @param handler handles each connection; by ending its session itself it ends the
	 * client
	 * @return the WebSocket, which connects when it is run
	 */
	public ReconnectingWebSocket connect(Mono<HandshakeRequest> request, WebSocketHandler handler) {
		ReconnectLogger logger = new ReconnectLogger(this.settings.name());
		return new ReconnectingWebSocket(this.settings, this.resources, logger,
				(onConnected) -> SafeMono.defer(request::single)
					.materialize()
					.flatMap((target) -> target.isOnNext()
							? attempt(Objects.requireNonNull(target.get()), handler, onConnected, logger)
							: Mono.just(Disconnect.failed(HandshakeFailure.REQUEST, failureOf(target)))));
	}

	private static Throwable failureOf(Signal<?> request) {
		return Objects.requireNonNull(request.getThrowable());
	}

	private Mono<Disconnect> attempt(HandshakeRequest target, WebSocketHandler handler,
			Consumer<WebSocketSession> onConnected, ReconnectLogger logger) {
		String fault = WebSocketUri.fault(target.uri(), this.hasAddress);
		if (fault != null) {
			return Mono.just(Disconnect.failed(HandshakeFailure.INVALID_URI, new IllegalArgumentException(fault)));
		}
		logger.connectsTo(target.uri());
		return new ConnectionAttempt(this.settings, this.resources, target, handler, onConnected).run(this.httpClient,
				this.spec);
	}

	/**
	 * Return the name of this client.
	 * @return the name in logs, endpoints and meters
	 */
	public String getName() {
		return this.settings.name();
	}

	/**
	 * Tell that a message for this client was not sent and will not be.
	 */
	public void dropped() {
		this.resources.dropped(this.settings.name());
	}

	/**
	 * Builds clients. Not thread-safe; each one injected is a new one.
	 */
	public static final class Builder {

		private final ClientResources resources;

		private String name = "client";

		private Duration handshakeTimeout;

		private BackoffPolicy backoff;

		private LivenessPolicy heartbeat;

		private ReconnectPolicy reconnect = ReconnectPolicy.defaults();

		private int maxAttempts = Integer.MAX_VALUE;

		private Predicate<Disconnect> until = (disconnect) -> false;

		private UnaryOperator<HttpClient> httpClient = UnaryOperator.identity();

		private Supplier<WebsocketClientSpec.Builder> spec = WebsocketClientSpec::builder;

		private int maxMessageSize;

		private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

		/**
		 * Create a builder. Applications inject one instead.
		 * @param resources what all clients have in common
		 * @param handshakeTimeout the general time limit of a handshake
		 * @param backoff the general backoff
		 * @param heartbeat the general policy of heartbeats
		 */
		@Internal
		public Builder(ClientResources resources, Duration handshakeTimeout, BackoffPolicy backoff,
				LivenessPolicy heartbeat) {
			this.resources = resources;
			this.handshakeTimeout = handshakeTimeout;
			this.backoff = backoff;
			this.heartbeat = heartbeat;
		}

		/**
		 * Set the name of the client in logs, endpoints and meters.
		 * @param name the name; one of few, since it is a tag of meters
		 * @return this
		 */
		public Builder name(String name) {
			this.name = Objects.requireNonNull(name);
			return this;
		}

		/**
		 * Set the time from the start of a TCP connection to the call of the handler.
		 * @param timeout the time
		 * @return this
		 */
		public Builder handshakeTimeout(Duration timeout) {
			this.handshakeTimeout = timeout;
			return this;
		}

		/**
		 * Set how long to wait before connecting again.
		 * @param policy the bounds of the delays
		 * @return this
		 */
		public Builder backoff(BackoffPolicy policy) {
			this.backoff = policy;
			return this;
		}

		/**
		 * Set how often the server is pinged.
		 * @param policy the policy
		 * @return this
		 */
		public Builder heartbeat(LivenessPolicy policy) {
			this.heartbeat = policy;
			return this;
		}

		/**
		 * Change which ends are final.
		 * @param change takes the present policy and returns another
		 * @return this
		 */
		public Builder reconnect(UnaryOperator<ReconnectPolicy> change) {
			this.reconnect = change.apply(this.reconnect);
			return this;
		}

		/**
		 * Give up after attempts that failed in a row.
		 * @param attempts how many, at least 1
		 * @return this
		 */
		public Builder maxAttempts(int attempts) {
			if (attempts < 1) {
				throw new IllegalArgumentException("attempts must be at least 1");
			}
			this.maxAttempts = attempts;
			return this;
		}

		/**
		 * Give up after an end that would not be final otherwise.
		 * @param predicate tells such ends
		 * @return this
		 */
		public Builder until(Predicate<Disconnect> predicate) {
			this.until = predicate;
			return this;
		}

		/**
		 * Change the HTTP client that opens connections: TLS, proxies, event loops.
		 * @param change takes the present client and returns another
		 * @return this
		 */
		public Builder httpClient(UnaryOperator<HttpClient> change) {
			UnaryOperator<HttpClient> before = this.httpClient;
			this.httpClient = (client) -> change.apply(before.apply(client));
			return this;
		}

		/**
		 * Set the limits and options of frames. {@link #maxMessageSize} counts for more
		 * than the limit of a supplier, whichever is called first.
		 * @param supplier asked for each connection
		 * @return this
		 */
		public Builder websocketSpec(Supplier<WebsocketClientSpec.Builder> supplier) {
			this.spec = supplier;
			return this;
		}

		/**
		 * Set the longest message that is taken; a longer one ends the connection for
		 * good.
		 * @param bytes its length, whatever number of frames it comes in; at least 1
		 * @return this
		 */
		public Builder maxMessageSize(int bytes) {
			if (bytes < 1) {
				throw new IllegalArgumentException("bytes must be at least 1");
			}
			this.maxMessageSize = bytes;
			return this;
		}

		Builder random(DoubleSupplier random) {
			this.random = random;
			return this;
		}

		/**
		 * Build a client.
		 * @return the client
		 */
		public KeepaliveWebSocketClient build() {
			HttpClient client = HttpClient.create(ConnectionProvider.newConnection())
				.disableRetry(true)
				.httpResponseDecoder((decoder) -> decoder.maxHeaderSize(LONGEST_HEAD));
			if (this.resources.loops() != null) {
				client = client.runOn(this.resources.loops());
			}
			HttpClient changed = this.httpClient.apply(client);
			boolean hasAddress = changed.configuration().baseUrl() != null
					|| changed.configuration().remoteAddress() != client.configuration().remoteAddress();
			return new KeepaliveWebSocketClient(new ClientSettings(this.name, this.handshakeTimeout, this.backoff,
					this.reconnect, this.maxAttempts, this.until, this.heartbeat, this.random), this.resources, changed,
					hasAddress, spec());
		}

		private Supplier<WebsocketClientSpec.Builder> spec() {
			Supplier<WebsocketClientSpec.Builder> given = this.spec;
			int bytes = this.maxMessageSize;
			return (bytes > 0) ? () -> given.get().maxFramePayloadLength(bytes) : given;
		}

	}

}
