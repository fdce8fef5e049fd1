package io.github.websocketkeepalive.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientState;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.http.websocket.WebsocketInbound;

import io.github.websocketkeepalive.client.handshake.ClientFrameCodec;
import io.github.websocketkeepalive.client.handshake.HandshakeFailures;
import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.handshake.OpeningHandshake;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.ConnectionId;
import io.github.websocketkeepalive.connection.ManagedConnection;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.heartbeat.FailureReportingMono;
import io.github.websocketkeepalive.listener.SafeMono;
import io.github.websocketkeepalive.transport.SocketMeter;

/**
 * One attempt to be connected, from the lookup of the host to the end of the connection.
 */
final class ConnectionAttempt implements WebSocketHandler, ConnectionObserver {

	// Reactor Netty has reasons for both of these codes, which no Close frame can have.
	private static final int NO_CODE = 1005;

	private static final int NO_CLOSE_FRAME = 1006;

	private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPENING);

	private final Sinks.Empty<Void> handshakeFailure = Sinks.empty();

	private final ClientSettings settings;

	private final ClientResources resources;

	private final HandshakeRequest request;

	private final WebSocketHandler handler;

	private final Consumer<WebSocketSession> onConnected;

	private volatile long openedAt;

	private volatile @Nullable CloseStatus closeStatus;

	private volatile @Nullable Throwable handlerFailure;

	private volatile Mono<ClientConnections.End> end = Mono
		.just(new ClientConnections.End(CloseCause.EOF, NO_CLOSE_FRAME));

	ConnectionAttempt(ClientSettings settings, ClientResources resources, HandshakeRequest request,
			WebSocketHandler handler, Consumer<WebSocketSession> onConnected) {
		this.settings = settings;
		this.resources = resources;
		this.request = request;
		this.handler = handler;
		this.onConnected = onConnected;
	}

	Mono<Disconnect> run(HttpClient client, Supplier<WebsocketClientSpec.Builder> spec) {
		URI uri = this.request.uri();
		boolean followsRedirects = client.configuration().followRedirectPredicate() != null;
		HttpClient observed = client
			.doOnChannelInit((observer, channel, address) -> initialize(channel, followsRedirects))
			.observe(this);
		Mono<Void> session = SafeMono
			.defer(() -> new ReactorNettyWebSocketClient(observed, spec).execute(uri, this.request.headers(), this));
		return Mono.firstWithSignal(session, this.handshakeFailure.asMono(), timeout())
			.materialize()
			.flatMap((signal) -> {
				Throwable failure = signal.getThrowable();
				return (this.phase.get() == Phase.OPEN) ? this.end.map(this::disconnect)
						: Mono.just(disconnect(failure));
			});
	}

	private Mono<Void> timeout() {
		Duration timeout = this.settings.handshakeTimeout();
		return Mono.delay(timeout)
			.filter((tick) -> this.phase.compareAndSet(Phase.OPENING, Phase.GIVEN_UP))
			.flatMap((tick) -> Mono.error(new TimeoutException("no connection within " + timeout.toMillis() + " ms")))
			.then(Mono.never());
	}

	private void initialize(Channel channel, boolean followsRedirects) {
		SocketMeter.install(channel);
		this.resources.tuning().apply(channel);
		new OpeningHandshake(this.handshakeFailure, followsRedirects).watch(channel);
	}

	@Override
	public void onStateChange(Connection connection, State state) {
		if (state == HttpClientState.RESPONSE_RECEIVED && connection instanceof WebsocketInbound inbound) {
			Channel channel = connection.channel();
			ClientFrameCodec.reorder(channel.pipeline());
			String id = ConnectionId.of(channel.id().asLongText());
			this.end = this.resources.connections().end(id);
			this.resources.heartbeats()
				.start(channel,
						new ConnectionDetails(Role.CLIENT, this.settings.name(), this.request.target(),
								channel.remoteAddress(), null, inbound.selectedSubprotocol()),
						this.settings.liveness(), NettyPipeline.ReactiveBridge);
		}
	}

	@Override
	public List<String> getSubProtocols() {
		return this.handler.getSubProtocols();
	}

	@Override
	public Mono<Void> handle(WebSocketSession session) {
		if (!this.phase.compareAndSet(Phase.OPENING, Phase.OPEN)) {
			return Mono.empty();
		}
		this.openedAt = now();
		session.closeStatus().subscribe((status) -> this.closeStatus = status, (failure) -> {
		});
		this.onConnected.accept(session);
		return reporting(session, SafeMono.defer(() -> this.handler.handle(session))
			.doOnError((failure) -> this.handlerFailure = failure));
	}

	// Whoever cancels has the connection closed at once: no failure is to be waited for.
	private Mono<Void> reporting(WebSocketSession session, Mono<Void> handled) {
		return this.resources.registry()
			.find(session.getId())
			.map(ManagedConnection.class::cast)
			.<Mono<Void>>map((connection) -> new FailureReportingMono(handled, connection)
				.doOnCancel(connection::handlerCompleted))
			.orElse(handled);
	}

	private Disconnect disconnect(@Nullable Throwable failure) {
		return HandshakeFailures.of((failure != null) ? failure : new IllegalStateException("no session"));
	}

	private Disconnect disconnect(ClientConnections.End end) {
		Duration lived = Duration.ofNanos(now() - this.openedAt);
		Throwable failure = this.handlerFailure;
		CloseStatus status = this.closeStatus;
		boolean said = end.code() != NO_CODE && end.code() != NO_CLOSE_FRAME;
		String reason = (said && status != null && status.getCode() == end.code()) ? status.getReason() : null;
		boolean handlerFailed = end.cause() == CloseCause.LOCAL_CLOSED && failure != null;
		CloseCause cause = handlerFailed ? CloseCause.HANDLER_ERROR : end.cause();
		int code = (handlerFailed || !cause.mayReturn() && !said) ? cause.code() : end.code();
		return Disconnect.closed(cause, code, reason, lived, failure);
	}

	private static long now() {
		return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
	}

	private enum Phase {

		OPENING, OPEN, GIVEN_UP

	}

}
