package io.github.websocketkeepalive.client.reconnect;

import java.time.Duration;
import java.util.function.DoubleSupplier;

import io.github.websocketkeepalive.Internal;

/**
 * Draws the delays of one client: exponential, with a floor and full jitter. Not
 * thread-safe.
 */
@Internal
public final class Backoff {

	private final BackoffPolicy policy;

	private final DoubleSupplier random;

	private int failures;

	private int protocolErrors;

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
	 * Return how long to wait after a connection has ended, or could not be opened. A
	 * hint of the server replaces the delay that would be drawn, but makes no hot loop:
	 * one shorter than {@code min} counts for the first failure in a row only.
	 * @param disconnect how it ended
	 * @return the delay
	 */
	public Duration next(Disconnect disconnect) {
		if (isStable(disconnect)) {
			this.failures = 0;
			this.protocolErrors = 0;
		}
		this.protocolErrors = ReconnectPolicy.isProtocolError(disconnect) ? this.protocolErrors + 1 : 0;
		int before = this.failures++;
		Duration drawn = this.policy.delay(before, this.random.getAsDouble());
		RetryHint hint = disconnect.hint();
		if (hint == null) {
			return drawn;
		}
		if (hint.mayBeShared()) {
			return hint.delay().plus(drawn);
		}
		if (hint.delay().compareTo(this.policy.min()) >= 0) {
			return hint.delay();
		}
		return (before > 0) ? drawn : longer(hint.delay(), this.policy.delay(0, 0));
	}

	/**
	 * Return how many attempts have failed in a row.
	 * @return the number since the last stable connection
	 */
	public int failures() {
		return this.failures;
	}

	/**
	 * Return how many connections in a row have ended with 1002.
	 * @return the number since the last stable connection, or the last other end
	 */
	public int protocolErrors() {
		return this.protocolErrors;
	}

	private static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) > 0) ? one : other;
	}

	private boolean isStable(Disconnect disconnect) {
		Duration lived = disconnect.lived();
		return lived != null && lived.compareTo(this.policy.resetAfter()) >= 0;
	}

}
