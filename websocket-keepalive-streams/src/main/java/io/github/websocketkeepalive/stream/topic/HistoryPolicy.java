package io.github.websocketkeepalive.stream.topic;

import java.time.Duration;

/**
 * How much is kept of a topic. The newest message is kept whatever its size.
 *
 * @param maxEntries maximum number of messages
 * @param maxBytes maximum number of bytes of messages
 * @param ttl time for which a message is kept
 */
public record HistoryPolicy(int maxEntries, long maxBytes, Duration ttl) {

	/**
	 * Create a policy.
	 * @throws IllegalArgumentException unless everything is above zero
	 */
	public HistoryPolicy {
		if (maxEntries <= 0 || maxBytes <= 0 || ttl.isZero() || ttl.isNegative()) {
			throw new IllegalArgumentException("bounds of a history must be above zero");
		}
	}

}
