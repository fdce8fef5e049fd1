package io.github.websocketkeepalive.server;

import java.util.List;

import io.netty.channel.EventLoop;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
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
import io.github.websocketkeepalive.logging.MdcScope;

/**
 * Stands before the application's {@link WebSocketHandlerAdapter} and listens to what its
 * handlers fail with, which Reactor Netty tells nobody. Has it upgrade connections on
 * their event loops: on another thread the pipeline would change while the client sends
 * more, or leaves. Everything else is left to that adapter.
 */
public final class FailureReportingHandlerAdapter implements HandlerAdapter, Ordered {

	private final ObjectProvider<WebSocketHandlerAdapter> adapters;

	private final ConnectionRegistry registry;

	private final MdcScope mdc;

	/**
	 * Create an adapter.
	 * @param adapters the adapters that may serve, the first in order does
	 * @param registry where connections are found
	 * @param mdc what puts the id of a connection into MDC while its handler is called
	 */
	public FailureReportingHandlerAdapter(ObjectProvider<WebSocketHandlerAdapter> adapters, ConnectionRegistry registry,
			MdcScope mdc) {
		this.mdc = mdc;
		this.adapters = adapters;
		this.registry = registry;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof WebSocketHandler && !(handler instanceof FailureReportingHandler)
				&& this.adapters.orderedStream().findFirst().isPresent();
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		WebSocketHandler reporting = new FailureReportingHandler((WebSocketHandler) handler, this.registry, this.mdc);
		Mono<HandlerResult> handled = this.adapters.orderedStream()
			.findFirst()
			.orElseThrow()
			.handle(exchange, reporting);
		UpgradeWatcher upgrade = KeepaliveWebFilter.upgradeOf(exchange.getRequest());
		return (upgrade != null) ? new EventLoopMono<>(handled, upgrade.channel().eventLoop()) : handled;
	}

	private record FailureReportingHandler(WebSocketHandler delegate, ConnectionRegistry registry,
			MdcScope mdc) implements WebSocketHandler {

		@Override
		public List<String> getSubProtocols() {
			return this.delegate.getSubProtocols();
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			Mono<Void> handled = handleWithMdc(session);
			return this.registry.find(session.getId())
				.<Mono<Void>>map((connection) -> new FailureReportingMono(handled, (ManagedConnection) connection))
				.orElse(handled);
		}

		private Mono<Void> handleWithMdc(WebSocketSession session) {
			try (MdcScope.Open open = this.mdc.open(ConnectionId.of(session.getId()))) {
				return this.delegate.handle(session);
			}
		}

	}

	/**
	 * Subscribes on an event loop. Does what {@code subscribeOn} does without an object
	 * that stays for as long as the subscription, which counts because a WebSocket is
	 * one.
	 *
	 * @param <T> the type of the result
	 */
	private static final class EventLoopMono<T> extends Mono<T> {

		private final Mono<T> source;

		private final EventLoop eventLoop;

		EventLoopMono(Mono<T> source, EventLoop eventLoop) {
			this.source = source;
			this.eventLoop = eventLoop;
		}

		@Override
		public void subscribe(CoreSubscriber<? super T> actual) {
			if (this.eventLoop.inEventLoop()) {
				this.source.subscribe(actual);
			}
			else {
				this.eventLoop.execute(() -> this.source.subscribe(actual));
			}
		}

	}

}
