package io.github.websocketkeepalive.heartbeat.foreign;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.peer.PeerAddress;

/**
 * Warns, once for each endpoint, where two heartbeats are likely a mistake: an
 * application that pings beside us, and clients at one address whose intervals differ.
 * One peer that pings us while we ping it is normal. Thread-safe.
 */
public final class TwoHeartbeatsDetector {

	private static final Logger logger = LoggerFactory.getLogger(TwoHeartbeatsDetector.class);

	private static final int MOST_ENDPOINTS = 1000;

	private static final int MOST_CLIENTS = 1000;

	private static final double CLEARLY_LONGER = 1.5;

	private final Set<String> warnedOfApplication = ConcurrentHashMap.newKeySet();

	private final Set<String> warnedOfClients = ConcurrentHashMap.newKeySet();

	private final ConcurrentMap<Client, Heartbeat> heartbeats = new ConcurrentHashMap<>();

	void applicationPings(WebSocketConnection connection, long interval, long ownInterval) {
		String endpoint = connection.getEndpoint();
		if (isFirst(this.warnedOfApplication, endpoint)) {
			logger.warn(
					"Two heartbeats on connections of {}: the application pings every {}, websocket-keepalive "
							+ "every {}. Remove one of them: the application's, or ours by "
							+ "websocket-keepalive.heartbeat.endpoints. First seen on connection {}",
					endpoint, seconds(interval), seconds(ownInterval), connection.getId());
		}
	}

	void peerPings(WebSocketConnection connection, long interval) {
		String endpoint = connection.getEndpoint();
		Client client = clientOf(connection);
		if (client == null || this.warnedOfClients.contains(endpoint)) {
			return;
		}
		Heartbeat heartbeat = new Heartbeat(connection.getId(), interval);
		Heartbeat other = (this.heartbeats.size() < MOST_CLIENTS) ? this.heartbeats.putIfAbsent(client, heartbeat)
				: this.heartbeats.get(client);
		if (other == null || other.id().equals(heartbeat.id())) {
			this.heartbeats.replace(client, heartbeat);
		}
		else if (other.differsFrom(heartbeat) && isFirst(this.warnedOfClients, endpoint)) {
			logger.warn(
					"Two heartbeats of clients at {} on {}: connection {} pings every {}, connection {} every {}. "
							+ "Are two keepalives configured there, or are these several clients behind one address?",
					client.host(), endpoint, other.id(), seconds(other.interval()), heartbeat.id(), seconds(interval));
		}
	}

	/**
	 * Forget a connection that has ended.
	 * @param connection the connection, on which there were foreign pings
	 */
	public void closed(WebSocketConnection connection) {
		Client client = clientOf(connection);
		if (client != null) {
			this.heartbeats.computeIfPresent(client,
					(key, heartbeat) -> heartbeat.id().equals(connection.getId()) ? null : heartbeat);
		}
	}

	private static boolean isFirst(Set<String> warned, String endpoint) {
		return warned.size() < MOST_ENDPOINTS && warned.add(endpoint);
	}

	private static @Nullable Client clientOf(WebSocketConnection connection) {
		if (connection.getRole() == Role.SERVER && connection.getRemoteAddress() instanceof InetSocketAddress address) {
			return new Client(connection.getEndpoint(), String.valueOf(PeerAddress.host(address)));
		}
		return null;
	}

	private static String seconds(long nanos) {
		return String.format(Locale.ROOT, "%.1fs", nanos / 1_000_000_000.0);
	}

	private record Client(String endpoint, String host) {
	}

	private record Heartbeat(String id, long interval) {

		boolean differsFrom(Heartbeat other) {
			return Math.max(this.interval, other.interval) >= CLEARLY_LONGER * Math.min(this.interval, other.interval);
		}

	}

}
