package io.github.websocketkeepalive.fault;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServer;

/**
 * The TCP connections of a server, whatever came of them.
 */
final class OpenSockets implements NettyServerCustomizer {

	private final Set<Channel> open = ConcurrentHashMap.newKeySet();

	@Override
	public HttpServer apply(HttpServer server) {
		return server.doOnChannelInit((observer, channel, remoteAddress) -> {
			this.open.add(channel);
			channel.closeFuture().addListener((closed) -> this.open.remove(channel));
		});
	}

	int count() {
		return this.open.size();
	}

	/**
	 * Read on where HTTP waits for the next request. Reactor Netty forgets to, once it
	 * has answered a pipelined request of which a part was still in its queue.
	 */
	void readOn() {
		for (Channel channel : this.open) {
			if (channel.pipeline().get(NettyPipeline.HttpTrafficHandler) != null
					&& ChannelOperations.get(channel) == null) {
				channel.read();
			}
		}
	}

}
