package io.github.websocketkeepalive.admission;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

import io.github.websocketkeepalive.Internal;

/**
 * Draws the delays after which clients are asked to come back, so that many of them do
 * not return at once. May be used by many threads.
 */
@Internal
public final class RetryPacing {

	private static final double DRAIN_SLACK = 1.2;

	private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

	private static final double NANOS_PER_MILLI = Duration.ofMillis(1).toNanos();

	private final long retryAfterNanos;

	private final int perSecond;

	private final DoubleSupplier random;

	/**
	 * Create a pacing.
	 * @param retryAfter the delay where nothing better is known
	 * @param perSecond how many may connect a second, 0 if that is not limited
	 */
	public RetryPacing(Duration retryAfter, int perSecond) {
		this(retryAfter, perSecond, () -> ThreadLocalRandom.current().nextDouble());
	}

	RetryPacing(Duration retryAfter, int perSecond, DoubleSupplier random) {
		this.retryAfterNanos = retryAfter.toNanos();
		this.perSecond = perSecond;
		this.random = random;
	}

	/**
	 * Draw the delay of a client that was refused for another reason than the rate.
	 * @return milliseconds, from half to one and a half of what is configured
	 */
	public long delayMillis() {
		return millis(this.retryAfterNanos * (0.5 + this.random.getAsDouble()));
	}

	/**
	 * Draw the delay of one of many clients that are sent away one after the other, and
	 * so return one after the other if each does soon.
	 * @param clients how many
	 * @param window over which time they are sent away
	 * @return milliseconds, uniform over a second; or over 1.2 times what it takes to let
	 * all of them in again at the limited rate, if that is longer than the window
	 */
	public long delayMillis(long clients, Duration window) {
		double needed = (this.perSecond > 0) ? DRAIN_SLACK * clients / this.perSecond * NANOS_PER_SECOND : 0;
		return millis(((needed > window.toNanos()) ? needed : NANOS_PER_SECOND) * this.random.getAsDouble());
	}

	private static long millis(double nanos) {
		return Math.max(1, Math.round(nanos / NANOS_PER_MILLI));
	}

}
