package io.github.websocketkeepalive.admission;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs refusals, one line for a reason in ten seconds, with the number of those that had
 * none.
 */
public final class RefusalLogger implements AdmissionListener {

	private static final Logger logger = LoggerFactory.getLogger(RefusalLogger.class);

	private static final Duration INTERVAL = Duration.ofSeconds(10);

	private final ConcurrentMap<String, Refusals> refusals = new ConcurrentHashMap<>();

	private final LongSupplier clock;

	/**
	 * Create a logger.
	 */
	public RefusalLogger() {
		this(System::nanoTime);
	}

	RefusalLogger(LongSupplier clock) {
		this.clock = clock;
	}

	@Override
	public void onRejected(String reason, @Nullable SocketAddress remoteAddress) {
		long now = this.clock.getAsLong();
		Refusals refusals = this.refusals.computeIfAbsent(reason, (key) -> new Refusals(now));
		if (refusals.isDue(now)) {
			logger.warn("Refused a WebSocket: reason={} remote={}, and {} more for this reason since the last line",
					reason, remoteAddress, refusals.unlogged.sumThenReset());
		}
		else {
			refusals.unlogged.increment();
		}
	}

	private static final class Refusals {

		private final LongAdder unlogged = new LongAdder();

		private final AtomicLong due;

		Refusals(long now) {
			this.due = new AtomicLong(now);
		}

		boolean isDue(long now) {
			long due = this.due.get();
			return now - due >= 0 && this.due.compareAndSet(due, now + INTERVAL.toNanos());
		}

	}

}
