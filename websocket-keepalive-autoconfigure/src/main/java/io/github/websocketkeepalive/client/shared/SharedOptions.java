package io.github.websocketkeepalive.client.shared;

import java.time.Duration;

/**
 * How a connection is shared.
 *
 * @param linger how long it stays open without users
 * @param outboundCapacity how many messages are kept while it is away
 * @param overflow what becomes of more than that
 * @param inboundCapacity how many messages are kept for a user that is slow to take them,
 * before its subscription fails
 */
public record SharedOptions(Duration linger, int outboundCapacity, OverflowPolicy overflow, int inboundCapacity) {

	/**
	 * Default options: 5 seconds, 256 messages, {@code FAIL}, 1024 messages.
	 */
	public static final SharedOptions DEFAULTS = new SharedOptions(Duration.ofSeconds(5), 256, OverflowPolicy.FAIL,
			1024);

	public SharedOptions {
		if (linger.isNegative() || outboundCapacity < 1 || inboundCapacity < 1) {
			throw new IllegalArgumentException("linger must not be negative, and capacities must be positive");
		}
	}

	/**
	 * Return these options with another linger.
	 * @param duration how long a connection stays open without users
	 * @return the options
	 */
	public SharedOptions withLinger(Duration duration) {
		return new SharedOptions(duration, this.outboundCapacity, this.overflow, this.inboundCapacity);
	}

	/**
	 * Return these options with another outbound buffer.
	 * @param capacity how many messages are kept while the connection is away
	 * @param policy what becomes of more than that
	 * @return the options
	 */
	public SharedOptions withOutbound(int capacity, OverflowPolicy policy) {
		return new SharedOptions(this.linger, capacity, policy, this.inboundCapacity);
	}

}
