package io.github.websocketkeepalive.autoconfigure;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Heartbeat;

/**
 * Warns of an interval that leaves a proxy no second ping before it cuts the connection.
 */
final class ProxyIdleTimeoutCheck {

	private static final Logger logger = LoggerFactory.getLogger(ProxyIdleTimeoutCheck.class);

	ProxyIdleTimeoutCheck(Heartbeat heartbeat) {
		Duration idleTimeout = heartbeat.proxyIdleTimeout();
		if (idleTimeout != null) {
			check("websocket-keepalive.heartbeat.interval", heartbeat.interval(), idleTimeout);
			heartbeat.endpoints().forEach((pattern, endpoint) -> {
				Duration interval = endpoint.interval();
				if (interval != null) {
					check("websocket-keepalive.heartbeat.endpoints[" + pattern + "].interval", interval, idleTimeout);
				}
			});
		}
	}

	private static void check(String key, Duration interval, Duration idleTimeout) {
		if (interval.multipliedBy(2).compareTo(idleTimeout) > 0) {
			logger.warn(
					"'{}' is {}, more than half of the proxy's idle timeout of {}: "
							+ "one ping lost or late and the proxy cuts the connection. Use at most {}.",
					key, PropertyText.of(interval), PropertyText.of(idleTimeout),
					PropertyText.of(idleTimeout.dividedBy(2)));
		}
	}

}
