package io.github.websocketkeepalive.probe;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class ProbeSourcesTests {

	private final AtomicLong now = new AtomicLong();

	private final ProbeSources sources = new ProbeSources(this.now::get);

	@Test
	void countsByAddressMostFirst() {
		probe("a", 1);
		probe("b", 1);
		probe("b", 1);
		assertThat(this.sources.top(1)).singleElement().satisfies((source) -> {
			assertThat(source.address()).isEqualTo("b");
			assertThat(source.count()).isEqualTo(2);
			assertThat(source.ends()).containsEntry("fin", 2L);
		});
		assertThat(this.sources.total()).isEqualTo(3);
	}

	@Test
	void keepsABoundedNumberOfAddresses() {
		for (int i = 0; i < 1000; i++) {
			probe("address-" + i, 1);
		}
		assertThat(this.sources.top(10_000)).hasSize(256);
		assertThat(this.sources.total()).isEqualTo(1000);
	}

	@Test
	void recognisesAPeriod() {
		for (int i = 0; i < 8; i++) {
			probe("a", 5_000 + i % 3 * 20);
		}
		assertThat(this.sources.top(1).get(0).period()).isBetween(Duration.ofSeconds(5), Duration.ofMillis(5_040));
	}

	@Test
	void seesNoPeriodInWhatIsIrregularOrRare() {
		for (int i = 0; i < 20; i++) {
			probe("irregular", 1_000L << (i * i % 7));
		}
		for (int i = 0; i < 6; i++) {
			probe("rare", 5_000);
		}
		assertThat(this.sources.top(2)).hasSize(2).allSatisfy((source) -> assertThat(source.period()).isNull());
	}

	@Test
	void forgetsTheAddressThatWasSilentLongest() {
		probe("oldest", 1);
		probe("kept", 1);
		for (int i = 0; i < 255; i++) {
			probe("kept", 1);
			probe("address-" + i, 1);
		}
		assertThat(this.sources.find("oldest")).isNull();
		assertThat(this.sources.find("kept")).isNotNull();
		probe("oldest", 1);
		assertThat(this.sources.find("oldest").count()).isOne();
	}

	@Test
	void listsEqualsByTheirAddress() {
		probe("b", 1);
		probe("c", 1);
		probe("a", 1);
		assertThat(this.sources.top(3)).extracting(ProbeSource::address).containsExactly("a", "b", "c");
	}

	@Test
	void tellsKindsAndEndsApart() {
		this.sources.onProbe(new Probe("a", Probe.Kind.TLS_ONLY, Probe.End.RESET));
		this.sources.onProbe(new Probe("a", Probe.Kind.TLS_ONLY, Probe.End.FIN));
		this.sources.onProbe(new Probe("a", Probe.Kind.NOT_HTTP, Probe.End.TIMEOUT));
		ProbeSource source = this.sources.find("a");
		assertThat(source.kinds()).containsOnly(entry("tls-only", 2L), entry("not-http", 1L));
		assertThat(source.ends()).containsOnly(entry("reset", 1L), entry("fin", 1L), entry("timeout", 1L));
		assertThat(source.lastSeen()).isBetween(Instant.now().minusSeconds(60), Instant.now());
	}

	@Test
	void recognisesTheProbesOfOneBalancerThatOverlap() {
		for (int i = 0; i < 4; i++) {
			probe("readiness and liveness", 3_000);
			probe("readiness and liveness", 2_000);
			probe("readiness and liveness", 5_000);
		}
		assertThat(this.sources.top(1).get(0).period()).isEqualTo(Duration.ofSeconds(10));
	}

	@ParameterizedTest
	@CsvSource({ "1000, 3000", "10, 300", "1, 100" })
	void seesNoPeriodInWhatComesByChance(int shortest, int longest) {
		SplittableRandom random = new SplittableRandom(1);
		int regular = 0;
		for (int i = 0; i < 1000; i++) {
			probe("chance", random.nextInt(shortest, longest));
			regular += (this.sources.find("chance").period() != null) ? 1 : 0;
		}
		assertThat(regular).isLessThan(50);
	}

	@Test
	void seesNoPeriodInABurst() {
		for (int i = 0; i < 20; i++) {
			probe("burst", 1);
		}
		assertThat(this.sources.find("burst").period()).isNull();
	}

	@Test
	void aPeriodEndsWithTheRegularity() {
		for (int i = 0; i < 8; i++) {
			probe("a", 1_000);
		}
		assertThat(this.sources.find("a").period()).isEqualTo(Duration.ofSeconds(1));
		probe("a", 10_000);
		assertThat(this.sources.find("a").period()).isNull();
		for (int i = 0; i < 6; i++) {
			probe("a", 2_000);
		}
		assertThat(this.sources.find("a").period()).isEqualTo(Duration.ofSeconds(2));
	}

	@Test
	void aClockThatOverflowsIsNoMatter() {
		this.now.set(Long.MAX_VALUE - Duration.ofSeconds(3).toNanos());
		for (int i = 0; i < 8; i++) {
			probe("a", 1_000);
		}
		assertThat(this.sources.find("a").period()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void countsWhatSeveralThreadsTell() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(4);
		List<Future<?>> told = new ArrayList<>();
		for (int thread = 0; thread < 4; thread++) {
			told.add(threads.submit(() -> {
				for (int i = 0; i < 1000; i++) {
					probe("address-" + i % 10, 1);
					this.sources.top(3);
				}
			}));
		}
		for (Future<?> thread : told) {
			thread.get();
		}
		threads.shutdown();
		assertThat(this.sources.total()).isEqualTo(4000);
		assertThat(this.sources.top(10)).hasSize(10).allMatch((source) -> source.count() == 400);
	}

	private void probe(String address, long afterMillis) {
		this.now.addAndGet(Duration.ofMillis(afterMillis).toNanos());
		this.sources.onProbe(new Probe(address, Probe.Kind.EMPTY_TCP, Probe.End.FIN));
	}

}
