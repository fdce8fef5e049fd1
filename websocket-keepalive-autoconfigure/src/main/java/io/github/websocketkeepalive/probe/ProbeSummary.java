package io.github.websocketkeepalive.probe;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.Internal;

/**
 * Writes one line about all probes of an interval, none if there were none. Every method
 * may be called on any thread.
 */
@Internal
public final class ProbeSummary implements ProbeListener {

	private static final Logger logger = LoggerFactory.getLogger(ProbeSummary.class);

	private static final int MAX_ADDRESSES = 256;

	private static final int ADDRESSES_TOLD = 3;

	private final Map<String, Integer> kinds = new LinkedHashMap<>();

	private final Map<String, Integer> addresses = new HashMap<>();

	private final ProbeSources sources;

	private final long intervalNanos;

	private final LongSupplier nanoTime;

	private long startedAt;

	private volatile int count;

	/**
	 * Create a summary.
	 * @param sources what is known about the addresses
	 * @param interval from the first probe to the line that tells of it
	 * @param nanoTime the clock, such as {@link System#nanoTime()}
	 */
	public ProbeSummary(ProbeSources sources, Duration interval, LongSupplier nanoTime) {
		this.sources = sources;
		this.intervalNanos = interval.toNanos();
		this.nanoTime = nanoTime;
	}

	@Override
	public synchronized void onProbe(Probe probe) {
		if (this.count == 0) {
			this.startedAt = this.nanoTime.getAsLong();
		}
		this.count++;
		this.kinds.merge(probe.kind().text() + " (" + probe.end().text() + ")", 1, Integer::sum);
		if (this.addresses.size() < MAX_ADDRESSES || this.addresses.containsKey(probe.address())) {
			this.addresses.merge(probe.address(), 1, Integer::sum);
		}
	}

	/**
	 * Write the line if it is due. To be called at least every interval; costs nothing if
	 * there were no probes.
	 */
	public void writeIfDue() {
		if (this.count == 0) {
			return;
		}
		String line;
		synchronized (this) {
			if (this.count == 0 || this.nanoTime.getAsLong() - this.startedAt < this.intervalNanos) {
				return;
			}
			line = line();
			this.count = 0;
			this.kinds.clear();
			this.addresses.clear();
		}
		logger.info(line);
	}

	private String line() {
		String byKind = this.kinds.entrySet()
			.stream()
			.map((kind) -> kind.getValue() + " " + kind.getKey())
			.collect(Collectors.joining(", "));
		String byAddress = this.addresses.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
				.thenComparing(Map.Entry.comparingByKey()))
			.limit(ADDRESSES_TOLD)
			.map((address) -> address.getKey() + " (" + address.getValue() + hint(address.getKey()) + ")")
			.collect(Collectors.joining(", "));
		int others = this.addresses.size() - ADDRESSES_TOLD;
		return "%d %s without a request in %s: %s; from %s%s".formatted(this.count,
				(this.count == 1) ? "connection" : "connections", text(Duration.ofNanos(this.intervalNanos)), byKind,
				byAddress, (others > 0) ? " and " + others + " more" : "");
	}

	private String hint(String address) {
		ProbeSource source = this.sources.find(address);
		Duration period = (source != null) ? source.period() : null;
		if (source == null || period == null) {
			return "";
		}
		String kind = source.kinds().containsKey(Probe.Kind.TLS_ONLY.text()) ? "TLS" : "TCP";
		return ", looks like a load balancer's %s probe every %s; point it at /actuator/health/readiness"
			.formatted(kind, text(period));
	}

	private static String text(Duration duration) {
		double seconds = duration.toMillis() / (double) TimeUnit.SECONDS.toMillis(1);
		return (seconds < 1) ? duration.toMillis() + " ms" : String.format(Locale.ROOT, "%.0f s", seconds);
	}

}
