package io.github.websocketkeepalive.client;

import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.transport.TcpTuning;

/**
 * What all clients of an application have in common.
 *
 * @param heartbeats what starts a heartbeat
 * @param tuning what gives connections their TCP options
 * @param registry where connections are found that are watched
 * @param connections what knows how connections ended
 * @param listeners who is told what clients go through
 * @param loops the event loops, or {@code null} for those that Reactor Netty shares with
 * servers
 */
@Internal
public record ClientResources(Heartbeats heartbeats, TcpTuning tuning, ConnectionRegistry registry,
		ClientConnections connections, Listeners<ClientListener> listeners, @Nullable LoopResources loops) {

	/**
	 * Tell that a message was not sent and will not be.
	 * @param client the name of the client
	 */
	void dropped(String client) {
		this.listeners.tell((listener) -> listener.onDropped(client));
	}

	void reconnects(String client, String cause) {
		this.listeners.tell((listener) -> listener.onReconnect(client, cause));
	}

}
