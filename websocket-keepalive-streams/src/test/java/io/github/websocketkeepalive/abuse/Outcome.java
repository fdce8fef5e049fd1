package io.github.websocketkeepalive.abuse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.test.Transport;

/**
 * What a case did to the server and to its bystanders.
 *
 * @param abuse the case
 * @param transport what the server runs on
 * @param wire how the attackers spoke to it
 * @param connected how often an attacker got in
 * @param idle the bystanders' p99 just before
 * @param busy their p99 beside as many ordinary clients that send all the time
 * @param attacked the bystanders' p99 while they attacked
 * @param lost how many bystanders were closed or had no echo in the end
 * @param heap growth of the heap for each attacker, while they attacked
 * @param direct growth of direct memory for each attacker, while they attacked
 * @param answers whether the server told of itself while they attacked
 * @param back how long after they had left everything was as before, or {@code null}
 * @param left what was left when it was not
 * @param lines records of the log at level WARN and above
 * @param logged bytes of these
 * @param forged records of any level in which a peer could forge lines
 */
record Outcome(Abuse abuse, Transport transport, Wire wire, int connected, Duration idle, Duration busy,
		Duration attacked, int lost, long heap, long direct, boolean answers, @Nullable Duration back, String left,
		long lines, long logged, long forged) {

	/**
	 * The breach that a busy machine can be the reason of.
	 */
	static final String LATENCY = "latency";

	private static final long KILOBYTE = 1024;

	private static final long LINES = 100;

	private static final long LOGGED = 256 * KILOBYTE;

	private static final int SLOWER = 10;

	/**
	 * Attackers may be worse than ordinary clients by this much, however slow the machine
	 * makes those.
	 */
	private static final int SLOWER_THAN_BUSY = 3;

	/**
	 * The idle p99 counts as this much at least, because a busy machine takes that long
	 * now and then.
	 */
	private static final Duration FLOOR = Duration.ofMillis(20);

	static final String HEADER = String.format("%-62s %-5s %-13s %6s %8s %8s %9s %4s %9s %9s %7s %6s %8s %6s  %s",
			"case", "on", "wire", "conns", "idle p99", "busy p99", "p99 ms", "lost", "heap KB", "direct KB", "back s",
			"lines", "log KB", "forged", "breaks");

	static String table(List<Outcome> outcomes) {
		return outcomes.stream().map(Outcome::toString).collect(Collectors.joining("\n", "\n" + HEADER + "\n", ""));
	}

	/**
	 * Return the budgets that are exceeded.
	 */
	List<String> breaches() {
		List<String> breaches = new ArrayList<>();
		if (isSlow()) {
			breaches.add(LATENCY);
		}
		if (this.lost > 0) {
			breaches.add("lost");
		}
		if (!this.answers || this.heap + this.direct > this.abuse.growth()) {
			breaches.add("memory");
		}
		if (this.back == null) {
			breaches.add("recovery(" + this.left + ")");
		}
		if (this.lines > LINES || this.logged > LOGGED) {
			breaches.add("log");
		}
		if (this.forged > 0) {
			breaches.add("forgery");
		}
		return breaches;
	}

	boolean isSlow() {
		long idle = Math.max(this.idle.toNanos(), FLOOR.toNanos());
		return this.attacked.toNanos() > Math.max(SLOWER * idle, SLOWER_THAN_BUSY * this.busy.toNanos());
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%-62s %-5s %-13s %6d %8.1f %8.1f %9.1f %4d %9s %9s %7s %6d %8d %6d  %s",
				this.abuse.name(), this.transport, this.wire, this.connected, millis(this.idle), millis(this.busy),
				millis(this.attacked), this.lost, this.answers ? this.heap / KILOBYTE : "?",
				this.answers ? this.direct / KILOBYTE : "?",
				(this.back != null) ? String.format(Locale.ROOT, "%.1f", millis(this.back) / 1000) : "never",
				this.lines, this.logged / KILOBYTE, this.forged,
				breaches().isEmpty() ? "-" : String.join(", ", breaches()));
	}

	private static double millis(Duration duration) {
		return duration.toNanos() / 1e6;
	}

}
