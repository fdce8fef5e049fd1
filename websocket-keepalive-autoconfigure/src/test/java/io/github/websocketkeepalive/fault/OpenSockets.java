package io.github.websocketkeepalive.fault;

import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.http.server.HttpServer;

/**
 * Counts the TCP connections of a server, whatever came of them.
 */
final class OpenSockets implements NettyServerCustomizer {

	private final AtomicInteger open = new AtomicInteger();

	@Override
	public HttpServer apply(HttpServer server) {
		return server.doOnChannelInit((observer, channel, remoteAddress) -> {
			this.open.incrementAndGet();
			channel.closeFuture().addListener((closed) -> this.open.decrementAndGet());
		});
	}

	int count() {
		return this.open.get();
	}

}
