package io.github.websocketkeepalive.heartbeat;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.connection.WebSocketConnection;

/**
 * Warns, once for each endpoint, of an application that pings beside us. A connection
 * whose endpoint is unknown is left out, because a gateway that passes on the pings of
 * the server behind it looks the same. A peer that pings us while we ping it is normal.
 * Thread-safe.
 */
final class TwoHeartbeatsDetector {

	private static final Logger logger = LoggerFactory.getLogger(TwoHeartbeatsDetector.class);

	private static final int MAX_ENDPOINTS = 1000;

	private final Set<String> warnedOf = ConcurrentHashMap.newKeySet();

	void applicationPings(WebSocketConnection connection, long interval, long ownInterval) {
		String endpoint = connection.getEndpoint();
		if (!endpoint.equals(WebSocketConnection.UNKNOWN_ENDPOINT) && isFirst(endpoint)) {
			logger.warn(
					"Two heartbeats on connections of {}: the application pings every {}, websocket-keepalive "
							+ "every {}. Remove one of them: the application's, or ours by "
							+ "websocket-keepalive.heartbeat.endpoints. If the application passes on the pings of "
							+ "another server, nothing is wrong. First seen on connection {}",
					endpoint, seconds(interval), seconds(ownInterval), connection.getId());
		}
	}

	private boolean isFirst(String endpoint) {
		return this.warnedOf.size() < MAX_ENDPOINTS && this.warnedOf.add(endpoint);
	}

	private static String seconds(long nanos) {
		return String.format(Locale.ROOT, "%.1fs", nanos / 1_000_000_000.0);
	}

}
