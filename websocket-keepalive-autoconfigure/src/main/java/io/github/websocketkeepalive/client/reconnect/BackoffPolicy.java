package io.github.websocketkeepalive.client.reconnect;

import java.time.Duration;

/**
 * How long a client waits before it connects again.
 *
 * @param min the ceiling of the first delay, doubled for each further one
 * @param max the highest ceiling
 * @param resetAfter how long a connection must have lived for the delays to start from
 * {@code min} again
 */
public record BackoffPolicy(Duration min, Duration max, Duration resetAfter) {

	private static final Duration FLOOR = Duration.ofMillis(100);

	public BackoffPolicy {
		if (min.isNegative() || min.isZero() || resetAfter.isNegative()) {
			throw new IllegalArgumentException("min must be positive, and resetAfter not negative");
		}
		if (max.compareTo(min) < 0) {
			throw new IllegalArgumentException("max must be at least min");
		}
	}

	/**
	 * Draw a delay: uniformly from {@code floor} to the ceiling
	 * {@code min(max, min * 2^failures)}, where {@code floor} is 100 ms, or half of the
	 * ceiling if that is less. The ceiling is capped before a delay is drawn, so that
	 * clients which have reached {@code max} do not come back in step.
	 * @param failures how many attempts have failed in a row before
	 * @param random where in that range, from 0 to 1
	 * @return the delay
	 */
	Duration delay(int failures, double random) {
		long ceiling = ceilingNanos(failures);
		long floor = Math.min(FLOOR.toNanos(), ceiling / 2);
		return Duration.ofNanos(floor + (long) (random * (ceiling - floor)));
	}

	private long ceilingNanos(int failures) {
		long first = this.min.toNanos();
		long highest = this.max.toNanos();
		boolean overflows = failures >= Long.numberOfLeadingZeros(first) - 1;
		return overflows ? highest : Math.min(highest, first << failures);
	}

}
