package io.github.websocketkeepalive.server;

import java.util.ArrayList;
import java.util.List;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import reactor.netty.http.server.HttpServerConfig;

/**
 * The event loops of a server.
 */
final class ServerEventLoops {

	private ServerEventLoops() {
	}

	/**
	 * Return the event loops on which the connections of a server are.
	 * @param server the configuration of the server
	 * @return its event loops
	 */
	static List<EventLoop> of(HttpServerConfig server) {
		List<EventLoop> eventLoops = new ArrayList<>();
		for (EventExecutor executor : server.loopResources().onServer(server.isPreferNative())) {
			if (executor instanceof EventLoop eventLoop) {
				eventLoops.add(eventLoop);
			}
		}
		return eventLoops;
	}

}
