package io.github.websocketkeepalive.server;

import io.netty.channel.Channel;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.logging.MdcPropagation;

/**
 * Puts the channel of a WebSocket and the id of its connection into the Reactor Context,
 * also while the starter is switched off: streams write to the channel.
 */
public final class ConnectionContextWebFilter implements WebFilter, Ordered {

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
		Channel channel = NativeRequests.channelOfHandshake(exchange.getRequest());
		Mono<Void> filtered = chain.filter(exchange);
		return (channel != null) ? filtered.contextWrite((context) -> new ConnectionContext(context, channel))
				: filtered;
	}

}
