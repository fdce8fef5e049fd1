package io.github.websocketkeepalive.admission;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import com.sun.management.UnixOperatingSystemMXBean;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.Internal;

/**
 * How many files this process has open, and how many it may. Counting takes the system
 * milliseconds when they are many, so it is done elsewhere, at most once a second, and
 * only while somebody asks.
 */
@Internal
public final class OpenFiles {

	private static final long UNKNOWN = -1;

	private static final long SAMPLE_NANOS = Duration.ofSeconds(1).toNanos();

	private final LongSupplier counter;

	private final long limit;

	private final Executor executor;

	private final LongSupplier clock;

	private final AtomicLong sampledAt;

	private volatile long used;

	/**
	 * Count the open files of this process.
	 */
	public OpenFiles() {
		this(Counter.used(), Counter.limit(), (task) -> Schedulers.boundedElastic().schedule(task), System::nanoTime);
	}

	OpenFiles(LongSupplier counter, long limit, Executor executor, LongSupplier clock) {
		this.counter = counter;
		this.limit = limit;
		this.executor = executor;
		this.clock = clock;
		this.used = counter.getAsLong();
		this.sampledAt = new AtomicLong(clock.getAsLong());
	}

	/**
	 * Return how many files are open.
	 * @return the number as of about a second ago, or -1 where the system does not tell
	 */
	public long used() {
		long now = this.clock.getAsLong();
		long sampledAt = this.sampledAt.get();
		if (this.limit != UNKNOWN && now - sampledAt >= SAMPLE_NANOS && this.sampledAt.compareAndSet(sampledAt, now)) {
			this.executor.execute(() -> this.used = this.counter.getAsLong());
		}
		return this.used;
	}

	/**
	 * Return how many files may be open.
	 * @return the number, or -1 where the system does not tell
	 */
	public long limit() {
		return this.limit;
	}

	/**
	 * Return whether more files are open than a share of what may be.
	 * @param ratio the share, from 0 to 1
	 * @return whether more are
	 */
	public boolean exceed(double ratio) {
		return this.limit > 0 && used() > ratio * this.limit;
	}

	private static final class Counter {

		static LongSupplier used() {
			return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
					? unix::getOpenFileDescriptorCount : () -> UNKNOWN;
		}

		static long limit() {
			return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
					? unix.getMaxFileDescriptorCount() : UNKNOWN;
		}

	}

}
