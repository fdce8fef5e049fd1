package io.github.websocketkeepalive.drain;

import java.time.Duration;

import io.github.websocketkeepalive.Internal;

/**
 * How an instance is drained.
 *
 * @param grace how long load balancers have to notice before the first connection closes
 * @param window over which time the connections close
 * @param closeCode the code they close with
 */
@Internal
public record DrainPolicy(Duration grace, Duration window, int closeCode) {

	/**
	 * How long after the window the last peers may take to answer their Close frame.
	 */
	static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

	/**
	 * How much longer than planned a busy machine may take.
	 */
	private static final Duration MARGIN = Duration.ofSeconds(2);

	/**
	 * Return how long a drain takes at the most.
	 * @return the time from its start until the last connection is reset
	 */
	public Duration longest() {
		return this.grace.plus(this.window).plus(LAST_ANSWERS);
	}

	/**
	 * Return for how long the shutdown may wait for a drain.
	 * @return the limit of its phase
	 */
	public Duration phaseLimit() {
		return longest().plus(MARGIN);
	}

}
