package io.github.websocketkeepalive.peer;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Limits the lines that a peer can cause: in each interval of ten seconds the first one
 * of a kind is logged in full, and the others are counted in the next line of that kind.
 * Thread-safe.
 */
public final class LogLimiter {

	/**
	 * For how long lines of a kind are only counted.
	 */
	public static final Duration INTERVAL = Duration.ofSeconds(10);

	/**
	 * Kinds beyond this number share one limit.
	 */
	private static final int MAX_KINDS = 64;

	private static final String OTHER_KINDS = "";

	private final ConcurrentMap<String, Lines> kinds = new ConcurrentHashMap<>();

	private final LongSupplier nanoTime;

	/**
	 * Create a limiter that goes by the clock of the system.
	 */
	public LogLimiter() {
		this(System::nanoTime);
	}

	/**
	 * Create a limiter.
	 * @param nanoTime the present time in nanoseconds
	 */
	public LogLimiter(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Log a line, unless one of the same kind was logged within the interval.
	 * @param kind the kind of the line; not a text that a peer chose
	 * @param line logs the line; what it is given is empty, or tells at the end of the
	 * line how many others were left out
	 */
	public void log(String kind, Consumer<String> line) {
		long now = this.nanoTime.getAsLong();
		Lines lines = lines(kind, now);
		if (lines.isDue(now)) {
			line.accept(more(lines.leftOut.sumThenReset()));
		}
		else {
			lines.leftOut.increment();
		}
	}

	/**
	 * Return whether a line is to be logged in full, for those whose text is not ours to
	 * change. No line tells how many others were left out: that is for the caller.
	 * @param kind the kind of the line; not a text that a peer chose
	 * @return {@code false} if one of the same kind was logged within the interval
	 */
	public boolean admits(String kind) {
		boolean[] admitted = new boolean[1];
		log(kind, (more) -> admitted[0] = true);
		return admitted[0];
	}

	private Lines lines(String kind, long now) {
		Lines lines = this.kinds.get(kind);
		if (lines != null) {
			return lines;
		}
		String key = (this.kinds.size() < MAX_KINDS) ? kind : OTHER_KINDS;
		return this.kinds.computeIfAbsent(key, (name) -> new Lines(now));
	}

	private static String more(long leftOut) {
		return (leftOut > 0) ? " (%d more of this kind since the last such line)".formatted(leftOut) : "";
	}

	private static final class Lines {

		private final LongAdder leftOut = new LongAdder();

		private final AtomicLong due;

		Lines(long now) {
			this.due = new AtomicLong(now);
		}

		boolean isDue(long now) {
			long due = this.due.get();
			return now - due >= 0 && this.due.compareAndSet(due, now + INTERVAL.toNanos());
		}

	}

}
