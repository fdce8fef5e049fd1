package io.github.websocketkeepalive.client;

import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.resources.LoopResources;

import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.transport.TcpTuning;

/**
 * What all clients of an application have in common.
 *
 * @param heartbeats what starts a heartbeat
 * @param tuning what gives connections their TCP options
 * @param connections what knows how connections ended
 * @param listeners who is told what clients go through
 * @param loops the event loops, or {@code null} for those that Reactor Netty shares with
 * servers
 */
public record ClientResources(Heartbeats heartbeats, TcpTuning tuning, ClientConnections connections,
		List<ClientListener> listeners, @Nullable LoopResources loops) {

	private static final Logger logger = LoggerFactory.getLogger(ClientResources.class);

	/**
	 * Tell that a message was not sent and will not be.
	 * @param client the name of the client
	 */
	void dropped(String client) {
		tell((listener) -> listener.onDropped(client));
	}

	void reconnects(String client, String cause) {
		tell((listener) -> listener.onReconnect(client, cause));
	}

	private void tell(Consumer<ClientListener> event) {
		for (ClientListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException ex) {
				logger.warn("A {} failed", listener.getClass().getName(), ex);
			}
		}
	}

}
