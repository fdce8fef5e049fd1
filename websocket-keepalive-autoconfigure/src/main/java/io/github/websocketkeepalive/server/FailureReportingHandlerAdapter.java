package io.github.websocketkeepalive.server;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.ConnectionId;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.ManagedConnection;
import io.github.websocketkeepalive.heartbeat.FailureReportingMono;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.logging.NoiseScope;
import io.github.websocketkeepalive.mapping.WebSocketHandlerProxy;

/**
 * Stands before the application's {@link WebSocketHandlerAdapter} and listens to what its
 * handlers fail with, which Reactor Netty tells nobody. Has it upgrade connections on
 * their event loops: on another thread the pipeline would change while the client sends
 * more, or leaves. Everything else is left to that adapter.
 */
public final class FailureReportingHandlerAdapter implements HandlerAdapter, Ordered {

	/**
	 * Maximum number of handlers whose proxies are kept. An application may make a
	 * handler for each connection, and then there is no end of them.
	 */
	private static final int MAX_REMEMBERED = 256;

	/**
	 * Looked up once: each handshake asks for it twice.
	 */
	private final SingletonSupplier<WebSocketHandlerAdapter> adapter;

	private final ConnectionRegistry registry;

	private final MdcScope mdc;

	/**
	 * The proxy of a handler is made once, because each connection keeps it.
	 */
	private final Map<Identity, WebSocketHandler> reporting = new ConcurrentHashMap<>();

	/**
	 * Create an adapter.
	 * @param adapters the adapters that may serve, the first in order does
	 * @param registry where connections are found
	 * @param mdc what puts the id of a connection into MDC while its handler is called
	 */
	public FailureReportingHandlerAdapter(ObjectProvider<WebSocketHandlerAdapter> adapters, ConnectionRegistry registry,
			MdcScope mdc) {
		this.mdc = mdc;
		this.adapter = SingletonSupplier.ofNullable(() -> adapters.orderedStream().findFirst().orElse(null));
		this.registry = registry;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof WebSocketHandler && this.adapter.get() != null;
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		Mono<HandlerResult> handled = this.adapter.obtain().handle(exchange, reporting((WebSocketHandler) handler));
		UpgradeWatcher upgrade = NativeRequests.upgradeOf(exchange.getRequest());
		return (upgrade != null) ? new UpgradeMono<>(handled, upgrade.channel()) : handled;
	}

	private WebSocketHandler reporting(WebSocketHandler handler) {
		Identity identity = new Identity(handler);
		WebSocketHandler known = this.reporting.get(identity);
		if (known != null) {
			return known;
		}
		WebSocketHandler made = WebSocketHandlerProxy.of(handler, (session) -> handle(handler, session));
		if (this.reporting.size() < MAX_REMEMBERED) {
			this.reporting.put(identity, made);
		}
		return made;
	}

	private Mono<Void> handle(WebSocketHandler handler, WebSocketSession session) {
		Mono<Void> handled = handleWithMdc(handler, session);
		return this.registry.find(session.getId())
			.<Mono<Void>>map((connection) -> new FailureReportingMono(handled, (ManagedConnection) connection))
			.orElse(handled);
	}

	private Mono<Void> handleWithMdc(WebSocketHandler handler, WebSocketSession session) {
		try (MdcScope.Open open = this.mdc.open(ConnectionId.of(session.getId()))) {
			return Objects.requireNonNull(handler.handle(session), "The handler has returned null");
		}
		catch (Throwable ex) {
			return Mono.error(ex);
		}
	}

	/**
	 * Tells handlers apart that are equal in the eyes of the application.
	 */
	private record Identity(WebSocketHandler handler) {

		@Override
		public boolean equals(Object other) {
			return other instanceof Identity identity && identity.handler == this.handler;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this.handler);
		}

	}

	/**
	 * Subscribes on the event loop of a handshake, and limits what is logged when that
	 * fails at once. Does what {@code subscribeOn} does without an object that stays for
	 * as long as the subscription, which counts because a WebSocket is one.
	 *
	 * @param <T> the type of the result
	 */
	private static final class UpgradeMono<T> extends Mono<T> {

		private final Mono<T> source;

		private final Channel channel;

		UpgradeMono(Mono<T> source, Channel channel) {
			this.source = source;
			this.channel = channel;
		}

		@Override
		public void subscribe(CoreSubscriber<? super T> actual) {
			if (this.channel.eventLoop().inEventLoop()) {
				upgrade(actual);
			}
			else {
				this.channel.eventLoop().execute(() -> upgrade(actual));
			}
		}

		private void upgrade(CoreSubscriber<? super T> actual) {
			try (NoiseScope scope = NoiseScope.enterHandshake(this.channel)) {
				this.source.subscribe(actual);
			}
		}

	}

}
