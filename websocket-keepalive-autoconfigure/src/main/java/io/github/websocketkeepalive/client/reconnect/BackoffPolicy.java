package io.github.websocketkeepalive.client.reconnect;

import java.time.Duration;

/**
 * How long a client waits before it connects again.
 *
 * @param min the floor of every delay
 * @param max the longest delay
 * @param resetAfter how long a connection must have lived for the delays to start from
 * {@code min} again
 */
public record BackoffPolicy(Duration min, Duration max, Duration resetAfter) {

	public BackoffPolicy {
		if (min.isNegative() || min.isZero() || resetAfter.isNegative()) {
			throw new IllegalArgumentException("min must be positive, and resetAfter not negative");
		}
		if (max.compareTo(min) < 0) {
			throw new IllegalArgumentException("max must be at least min");
		}
	}

	/**
	 * Return the width of the range from which a delay is drawn, which starts at
	 * {@code min}. The range is capped first and drawn from then, so that clients which
	 * have reached {@code max} do not come back in step.
	 * @param failures how many attempts have failed in a row before
	 * @return {@code min(max - min, min * 2^failures)}, in nanoseconds
	 */
	long spreadNanos(int failures) {
		long widest = this.max.minus(this.min).toNanos();
		long nanos = this.min.toNanos();
		boolean overflows = failures >= Long.numberOfLeadingZeros(nanos) - 1;
		return overflows ? widest : Math.min(widest, nanos << failures);
	}

}
