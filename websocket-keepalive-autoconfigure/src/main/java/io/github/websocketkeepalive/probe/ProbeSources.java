package io.github.websocketkeepalive.probe;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * Counts probes by their address. Keeps a bounded number of addresses, those seen last.
 * Every method may be called on any thread.
 */
@Internal
public final class ProbeSources implements ProbeListener {

	private static final int MAX_ADDRESSES = 256;

	private final Map<String, Source> sources = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Source> eldest) {
			return size() > MAX_ADDRESSES;
		}

	};

	private final LongSupplier nanoTime;

	private long total;

	/**
	 * Create sources without any.
	 * @param nanoTime the clock, such as {@link System#nanoTime()}
	 */
	public ProbeSources(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	@Override
	public synchronized void onProbe(Probe probe) {
		this.total++;
		this.sources.computeIfAbsent(probe.address(), (address) -> new Source()).add(probe, this.nanoTime.getAsLong());
	}

	/**
	 * Return how many probes there were.
	 * @return the number, from all addresses, those no longer known included
	 */
	public synchronized long total() {
		return this.total;
	}

	/**
	 * Return the addresses that most probes came from.
	 * @param most how many at the most
	 * @return what came from each, most probes first
	 */
	public synchronized List<ProbeSource> top(int most) {
		return this.sources.entrySet()
			.stream()
			.map((source) -> source.getValue().describe(source.getKey()))
			.sorted(Comparator.comparingLong(ProbeSource::count).reversed().thenComparing(ProbeSource::address))
			.limit(most)
			.toList();
	}

	synchronized @Nullable ProbeSource find(String address) {
		Source source = this.sources.get(address);
		return (source != null) ? source.describe(address) : null;
	}

	/**
	 * Counts what came from one address.
	 */
	private static final class Source {

		private final Map<String, Long> kinds = new TreeMap<>();

		private final Map<String, Long> ends = new TreeMap<>();

		private final Arrivals arrivals = new Arrivals();

		private Instant lastSeen = Instant.EPOCH;

		private long count;

		void add(Probe probe, long now) {
			this.count++;
			this.kinds.merge(probe.kind().text(), 1L, Long::sum);
			this.ends.merge(probe.end().text(), 1L, Long::sum);
			this.lastSeen = Instant.now();
			this.arrivals.add(now);
		}

		ProbeSource describe(String address) {
			return new ProbeSource(address, this.count, Map.copyOf(this.kinds), Map.copyOf(this.ends), this.lastSeen,
					this.arrivals.period());
		}

	}

	/**
	 * The last arrivals, which are regular if they repeat. Several probes of one balancer
	 * may come from one address, each at its own pace: so a period may have a few.
	 */
	static final class Arrivals {

		private static final int SAMPLES = 6;

		private static final int MAX_PER_PERIOD = 4;

		private static final long TOLERANCE = Duration.ofMillis(150).toNanos();

		/**
		 * Balancers probe once a second at the most. Below, the tolerance would take for
		 * regular what comes by chance.
		 */
		private static final long SHORTEST = Duration.ofMillis(900).toNanos();

		private final long[] times = new long[SAMPLES + MAX_PER_PERIOD];

		private int known;

		private int next;

		void add(long now) {
			this.times[this.next] = now;
			this.next = (this.next + 1) % this.times.length;
			this.known = Math.min(this.known + 1, this.times.length);
		}

		@Nullable Duration period() {
			for (int perPeriod = 1; perPeriod <= MAX_PER_PERIOD && this.known >= SAMPLES + perPeriod; perPeriod++) {
				long[] spans = spans(perPeriod);
				long median = (spans[SAMPLES / 2 - 1] + spans[SAMPLES / 2]) / 2;
				// Sums vary less than what they are made of.
				long share = median / ((perPeriod > 1) ? 40 : 5);
				long tolerance = Math.min(Math.max(share, TOLERANCE), median / 2);
				if (median >= SHORTEST && spans[SAMPLES - 1] - median <= tolerance && median - spans[0] <= tolerance) {
					return Duration.ofMillis(Math.round(median / 1_000_000.0));
				}
			}
			return null;
		}

		private long[] spans(int perPeriod) {
			long[] spans = new long[SAMPLES];
			for (int i = 0; i < SAMPLES; i++) {
				spans[i] = last(i) - last(i + perPeriod);
			}
			Arrays.sort(spans);
			return spans;
		}

		private long last(int before) {
			return this.times[Math.floorMod(this.next - 1 - before, this.times.length)];
		}

	}

}
