package io.github.websocketkeepalive.probe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

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
			probe("irregular", 1_000L << (i % 4));
		}
		for (int i = 0; i < 6; i++) {
			probe("rare", 5_000);
		}
		assertThat(this.sources.top(2)).hasSize(2).allSatisfy((source) -> assertThat(source.period()).isNull());
	}

	private void probe(String address, long afterMillis) {
		this.now.addAndGet(Duration.ofMillis(afterMillis).toNanos());
		this.sources.onProbe(new Probe(address, Probe.Kind.EMPTY_TCP, Probe.End.FIN));
	}

}
