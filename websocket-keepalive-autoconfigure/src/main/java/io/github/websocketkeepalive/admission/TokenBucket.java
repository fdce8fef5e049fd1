package io.github.websocketkeepalive.admission;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets through so many a second, and a burst at once after a rest. May be used by many
 * threads. Kept as the one point in time at which the bucket is full again (the generic
 * cell rate algorithm of ITU-T I.371), so that nothing has to refill it.
 */
final class TokenBucket {

	private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

	private final long nanosPerToken;

	private final long tolerance;

	private final AtomicLong fullAt;

	/**
	 * Create a full bucket.
	 * @param perSecond tokens that are added each second, above zero
	 * @param burst tokens that fit, above zero
	 * @param now the present time in nanoseconds, of any origin
	 */
	TokenBucket(int perSecond, int burst, long now) {
		this.nanosPerToken = (NANOS_PER_SECOND + perSecond - 1) / perSecond;
		this.tolerance = this.nanosPerToken * (burst - 1);
		this.fullAt = new AtomicLong(now);
	}

	/**
	 * Take a token if there is one.
	 * @param now the present time in nanoseconds
	 * @return whether there was
	 */
	boolean tryTake(long now) {
		return tryTake(now, 0);
	}

	/**
	 * Take a token if there is one besides those that are reserved.
	 * @param now the present time in nanoseconds
	 * @param reserved how many tokens have to be left
	 * @return whether there was
	 */
	boolean tryTake(long now, int reserved) {
		while (true) {
			long fullAt = this.fullAt.get();
			long base = (fullAt - now > 0) ? fullAt : now;
			if (base - now > this.tolerance - reserved * this.nanosPerToken) {
				return false;
			}
			if (this.fullAt.compareAndSet(fullAt, base + this.nanosPerToken)) {
				return true;
			}
		}
	}

}
