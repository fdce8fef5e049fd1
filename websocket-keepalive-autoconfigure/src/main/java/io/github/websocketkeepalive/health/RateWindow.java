package io.github.websocketkeepalive.health;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Counts events by the second, and tells how many there were in each of the last ten. May
 * be used by many threads.
 */
final class RateWindow {

	private static final int SECONDS = 10;

	private static final int COUNT_BITS = 24;

	private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

	private final AtomicLongArray counts = new AtomicLongArray(SECONDS + 1);

	private final LongSupplier clock;

	private final long origin;

	/**
	 * Create a window without events.
	 */
	RateWindow() {
		this(System::nanoTime);
	}

	RateWindow(LongSupplier clock) {
		this.clock = clock;
		this.origin = clock.getAsLong();
	}

	/**
	 * Count an event.
	 */
	void increment() {
		long second = second();
		this.counts.accumulateAndGet((int) (second % this.counts.length()), second,
				(count, now) -> (count >>> COUNT_BITS == now) ? count + 1 : (now << COUNT_BITS) + 1);
	}

	/**
	 * Return how many events a second there were.
	 * @return the mean of the last ten seconds that are over
	 */
	double perSecond() {
		long now = second();
		long sum = 0;
		for (int i = 0; i < this.counts.length(); i++) {
			long count = this.counts.get(i);
			long second = count >>> COUNT_BITS;
			if (second < now && now - second <= SECONDS) {
				sum += count & COUNT_MASK;
			}
		}
		return (double) sum / SECONDS;
	}

	// From 1, for an empty count is one of second 0.
	private long second() {
		return TimeUnit.NANOSECONDS.toSeconds(this.clock.getAsLong() - this.origin) + 1;
	}

}
