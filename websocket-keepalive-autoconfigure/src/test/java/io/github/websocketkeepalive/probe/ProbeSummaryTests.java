package io.github.websocketkeepalive.probe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ProbeSummaryTests {

	private final AtomicLong now = new AtomicLong();

	private final ProbeSources sources = new ProbeSources(this.now::get);

	private final ProbeSummary summary = new ProbeSummary(this.sources, Duration.ofMinutes(1), this.now::get);

	@Test
	void saysNothingWhenNothingHappened(CapturedOutput output) {
		pass(Duration.ofHours(1));
		assertThat(output).isEmpty();
	}

	@Test
	void saysItOnceAnInterval(CapturedOutput output) {
		probe("192.0.2.1");
		pass(Duration.ofSeconds(59));
		assertThat(output).isEmpty();
		pass(Duration.ofSeconds(1));
		pass(Duration.ofMinutes(2));
		assertThat(output.toString().lines()).singleElement()
			.asString()
			.contains("INFO", "1 connection without a request in 60 s: 1 empty-tcp (reset); from 192.0.2.1 (1)");
	}

	@Test
	void recognisesALoadBalancer(CapturedOutput output) {
		for (int i = 0; i < 13; i++) {
			probe("192.0.2.1");
			pass(Duration.ofSeconds(5));
		}
		assertThat(output)
			.contains("looks like a load balancer's TCP probe every 5 s; " + "point it at /actuator/health/readiness");
	}

	@Test
	void namesTheAddressesOfMost(CapturedOutput output) {
		for (int address = 1; address <= 5; address++) {
			for (int i = 0; i < address; i++) {
				probe("192.0.2." + address);
			}
		}
		pass(Duration.ofMinutes(1));
		assertThat(output).contains("from 192.0.2.5 (5), 192.0.2.4 (4), 192.0.2.3 (3) and 2 more");
	}

	private void probe(String address) {
		Probe probe = new Probe(address, Probe.Kind.EMPTY_TCP, Probe.End.RESET);
		this.sources.onProbe(probe);
		this.summary.onProbe(probe);
	}

	private void pass(Duration time) {
		this.now.addAndGet(time.toNanos());
		this.summary.writeIfDue();
	}

}
