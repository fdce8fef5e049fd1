package io.github.websocketkeepalive.server;

import java.security.Principal;

import org.springframework.core.Ordered;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * Tells an upgrade in progress what only WebFlux knows: the pattern that was matched and
 * the user. Innermost of all filters, because those of Spring Security show the user only
 * to the filters behind them.
 */
public final class KeepaliveWebFilter implements WebFilter, Ordered {

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		UpgradeWatcher upgrade = NativeRequests.upgradeOf(exchange.getRequest());
		if (upgrade != null) {
			exchange.getResponse().beforeCommit(() -> describe(exchange, upgrade));
		}
		return chain.filter(exchange);
	}

	private static Mono<Void> describe(ServerWebExchange exchange, UpgradeWatcher upgrade) {
		if (exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof PathPattern pattern) {
			upgrade.endpoint(exchange.getRequest().getPath().contextPath().value() + pattern.getPatternString());
		}
		return exchange.getPrincipal().map(Principal::getName).doOnNext(upgrade::principal).onErrorComplete().then();
	}

}
