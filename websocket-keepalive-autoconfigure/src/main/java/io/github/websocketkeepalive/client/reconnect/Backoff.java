package io.github.websocketkeepalive.client.reconnect;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Draws the delays of one client: exponential, with a floor and full jitter. Not
 * thread-safe.
 */
public final class Backoff {

	private final BackoffPolicy policy;

	private final DoubleSupplier random;

	private int failures;

	/**
	 * Create a backoff.
	 * @param policy the bounds
	 * @param random returns numbers from 0 (inclusive) to 1 (exclusive)
	 */
	public Backoff(BackoffPolicy policy, DoubleSupplier random) {
		this.policy = policy;
		this.random = random;
	}

	/**
	 * Return how long to wait after a connection has ended, or could not be opened.
	 * @param disconnect how it ended; a hint of the server replaces the exponential
	 * delay, but not the floor
	 * @return the delay
	 */
	public Duration next(Disconnect disconnect) {
		if (isStable(disconnect)) {
			this.failures = 0;
		}
		long jitter = (long) (this.random.getAsDouble() * this.policy.spreadNanos(this.failures));
		this.failures++;
		RetryHint hint = disconnect.hint();
		if (hint == null) {
			return this.policy.min().plusNanos(jitter);
		}
		Duration delay = hint.mayBeShared() ? hint.delay().plusNanos(jitter) : hint.delay();
		return (delay.compareTo(this.policy.min()) > 0) ? delay : this.policy.min();
	}

	/**
	 * Return how many attempts have failed in a row.
	 * @return the number since the last stable connection
	 */
	public int failures() {
		return this.failures;
	}

	private boolean isStable(Disconnect disconnect) {
		Duration lived = disconnect.lived();
		return lived != null && lived.compareTo(this.policy.resetAfter()) >= 0;
	}

}
