package io.github.websocketkeepalive.admission.limit;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Draws the delays after which clients are asked to come back, so that many of them
 * return as one even line and not at once. May be used by many threads.
 *
 * <p>
 * Who was refused because of the rate gets the next place in a line that is served
 * somewhat slower than the rate; the place is drawn within its share of the time. The
 * line is one point in time, the one at which the last of those refused is expected back,
 * and so it shortens by itself, also when they do not return.
 */
public final class RetryPacing {

	/**
	 * How much slower than the rate clients come back, so that the few who come late, and
	 * those who come anew, do not push the others back into the line.
	 */
	private static final double LINE_SLACK = 1.1;

	private static final double DRAIN_SLACK = 1.2;

	/**
	 * Nobody is sent away for longer, however many come.
	 */
	private static final long LONGEST_LINE_NANOS = Duration.ofMinutes(5).toNanos();

	private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

	private static final double NANOS_PER_MILLI = Duration.ofMillis(1).toNanos();

	private final long retryAfterNanos;

	private final int perSecond;

	private final LongSupplier clock;

	private final DoubleSupplier random;

	private final AtomicLong lineEnds;

	/**
	 * Create a pacing.
	 * @param retryAfter the delay where nothing better is known
	 * @param perSecond how many may connect a second, 0 if that is not limited
	 */
	public RetryPacing(Duration retryAfter, int perSecond) {
		this(retryAfter, perSecond, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
	}

	RetryPacing(Duration retryAfter, int perSecond, LongSupplier clock, DoubleSupplier random) {
		this.retryAfterNanos = retryAfter.toNanos();
		this.perSecond = perSecond;
		this.clock = clock;
		this.random = random;
		this.lineEnds = new AtomicLong(clock.getAsLong());
	}

	/**
	 * Draw the delay of a client that was refused for another reason than the rate.
	 * @return milliseconds, from half to one and a half of what is configured
	 */
	public long delayMillis() {
		return millis(this.retryAfterNanos * (0.5 + this.random.getAsDouble()));
	}

	/**
	 * Draw the delay of a client that was refused because of the rate.
	 * @return milliseconds to its place in the line
	 */
	public long delayMillisInLine() {
		if (this.perSecond == 0) {
			return delayMillis();
		}
		long now = this.clock.getAsLong();
		long share = (long) (LINE_SLACK * NANOS_PER_SECOND / this.perSecond);
		long end = this.lineEnds.updateAndGet((ends) -> {
			long base = (ends - now > 0) ? ends : now;
			return now + Math.min(base - now + share, LONGEST_LINE_NANOS);
		});
		return millis(end - now - share * this.random.getAsDouble());
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
