package io.github.websocketkeepalive.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

	@Test
	void startsAnewAfterEachLine(CapturedOutput output) {
		probe("192.0.2.1");
		pass(Duration.ofMinutes(1));
		probe("192.0.2.2");
		pass(Duration.ofSeconds(59));
		pass(Duration.ofSeconds(1));
		assertThat(output.toString().lines()).hasSize(2)
			.last()
			.asString()
			.contains("1 connection without", "from 192.0.2.2 (1)")
			.doesNotContain("192.0.2.1");
	}

	@Test
	void tellsKindsAndEndsApart(CapturedOutput output) {
		this.summary.onProbe(new Probe("a", Probe.Kind.TLS_ONLY, Probe.End.FIN));
		this.summary.onProbe(new Probe("a", Probe.Kind.NOT_HTTP, Probe.End.TIMEOUT));
		this.summary.onProbe(new Probe("a", Probe.Kind.TLS_ONLY, Probe.End.FIN));
		pass(Duration.ofMinutes(1));
		assertThat(output).contains("3 connections without a request in 60 s: 2 tls-only (fin), 1 not-http (timeout);");
	}

	@Test
	void callsAProbeOfTlsSo(CapturedOutput output) {
		for (int i = 0; i < 13; i++) {
			Probe probe = new Probe("a", Probe.Kind.TLS_ONLY, Probe.End.FIN);
			this.sources.onProbe(probe);
			this.summary.onProbe(probe);
			pass(Duration.ofSeconds(5));
		}
		assertThat(output).contains("looks like a load balancer's TLS probe every 5 s");
	}

	@Test
	void givesNoAdviceAboutWhatIsIrregular(CapturedOutput output) {
		for (int i = 0; i < 13; i++) {
			probe("192.0.2.1");
			pass(Duration.ofSeconds(1 + 2 * (i * i % 7)));
		}
		pass(Duration.ofMinutes(1));
		assertThat(output).contains("without a request").doesNotContain("looks like");
	}

	@Test
	void staysOneLineHoweverManyAddressesThereAre(CapturedOutput output) {
		for (int i = 0; i < 10_000; i++) {
			probe("address-" + i);
		}
		pass(Duration.ofMinutes(1));
		assertThat(output.toString().lines()).singleElement()
			.asString()
			.contains("10000 connections")
			.hasSizeLessThan(400);
	}

	@Test
	void everyProbeOfSeveralThreadsIsInOneLine(CapturedOutput output) throws Exception {
		ProbeSummary eager = new ProbeSummary(this.sources, Duration.ofNanos(1), System::nanoTime);
		ExecutorService threads = Executors.newFixedThreadPool(3);
		List<Future<?>> told = new ArrayList<>();
		for (int thread = 0; thread < 3; thread++) {
			told.add(threads.submit(() -> {
				for (int i = 0; i < 500; i++) {
					eager.onProbe(new Probe("a", Probe.Kind.EMPTY_TCP, Probe.End.FIN));
					eager.writeIfDue();
				}
			}));
		}
		for (Future<?> thread : told) {
			thread.get();
		}
		threads.shutdown();
		eager.writeIfDue();
		Matcher counts = Pattern.compile("(\\d+) connections? without").matcher(output.toString());
		assertThat(counts.results().mapToInt((count) -> Integer.parseInt(count.group(1))).sum()).isEqualTo(1500);
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
