package io.github.websocketkeepalive.server;

import java.security.Principal;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

import io.github.websocketkeepalive.logging.MdcPropagation;

/**
 * Tells an upgrade in progress what only WebFlux knows: the pattern that was matched and
 * the user. Innermost of all filters, because those of Spring Security show the user only
 * to the filters behind them.
 */
public final class KeepaliveWebFilter implements WebFilter, Ordered {

	/**
	 * The key of the Reactor Context under which handlers find the id of their
	 * connection, a {@code String}.
	 */
	public static final String CONNECTION_ID = MdcPropagation.CONTEXT_KEY;

	/**
	 * The key of the Reactor Context under which our own handlers find the channel of
	 * their connection, a {@link Channel}.
	 */
	static final Object CHANNEL = Channel.class;

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		UpgradeWatcher upgrade = upgradeOf(exchange.getRequest());
		if (upgrade == null) {
			return chain.filter(exchange);
		}
		exchange.getResponse().beforeCommit(() -> describe(exchange, upgrade));
		return chain.filter(exchange).contextWrite((context) -> new ConnectionContext(context, upgrade.channel()));
	}

	private static Mono<Void> describe(ServerWebExchange exchange, UpgradeWatcher upgrade) {
		if (exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof PathPattern pattern) {
			upgrade.endpoint(exchange.getRequest().getPath().contextPath().value() + pattern.getPatternString());
		}
		return exchange.getPrincipal().map(Principal::getName).doOnNext(upgrade::principal).onErrorComplete().then();
	}

	/**
	 * Return what watches an upgrade in progress.
	 * @param request the request, decorated in any way
	 * @return the watcher, or {@code null} if the request is no upgrade, or not one of
	 * Reactor Netty
	 */
	static @Nullable UpgradeWatcher upgradeOf(ServerHttpRequest request) {
		return (nativeRequest(request) instanceof Connection connection)
				? (UpgradeWatcher) connection.channel().pipeline().get(UpgradeWatcher.NAME) : null;
	}

	// The request of a mock, and one of an unknown kind, has no native request, and says
	// so by an exception.
	private static @Nullable Object nativeRequest(ServerHttpRequest request) {
		try {
			return ServerHttpRequestDecorator.getNativeRequest(request);
		}
		catch (IllegalStateException | IllegalArgumentException | UnsupportedOperationException ex) {
			return null;
		}
	}

}
