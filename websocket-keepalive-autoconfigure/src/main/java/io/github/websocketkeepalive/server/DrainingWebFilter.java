package io.github.websocketkeepalive.server;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.drain.ReturnDelays;

/**
 * Refuses new WebSockets while this instance is drained: 503 with {@code Retry-After} in
 * whole seconds (RFC 9110 section 10.2.3). First of all filters.
 */
public final class DrainingWebFilter implements WebFilter, Ordered {

	private final Drain drain;

	private final ReturnDelays returnDelays;

	/**
	 * Create a filter.
	 * @param drain what drains
	 * @param returnDelays when those refused may come back
	 */
	public DrainingWebFilter(Drain drain, ReturnDelays returnDelays) {
		this.drain = drain;
		this.returnDelays = returnDelays;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!this.drain.isDraining() || !isUpgrade(exchange.getRequest())) {
			return chain.filter(exchange);
		}
		long seconds = 1 + this.returnDelays.nextMillis() / 1000;
		exchange.getResponse().setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
		exchange.getResponse().getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
		return exchange.getResponse().setComplete();
	}

	private static boolean isUpgrade(ServerHttpRequest request) {
		if (request.getMethod() == HttpMethod.GET) {
			return "websocket".equalsIgnoreCase(request.getHeaders().getUpgrade());
		}
		return "CONNECT".equals(request.getMethod().name())
				&& request.getHeaders().containsHeader("Sec-WebSocket-Version");
	}

}
