package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.probe.Probe;

import static org.assertj.core.api.Assertions.assertThat;

class ProbeMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ProbeMetrics metrics = new ProbeMetrics(this.registry);

	@Test
	void probesAreCountedByKindAndEndButNotByAddress() {
		this.metrics.onProbe(new Probe("192.0.2.1", Probe.Kind.EMPTY_TCP, Probe.End.RESET));
		this.metrics.onProbe(new Probe("192.0.2.2", Probe.Kind.EMPTY_TCP, Probe.End.RESET));
		this.metrics.onProbe(new Probe("192.0.2.1", Probe.Kind.TLS_ONLY, Probe.End.FIN));
		assertThat(this.registry.get("websocket.probes").tags("kind", "empty-tcp", "end", "reset").counter().count())
			.isEqualTo(2);
		assertThat(this.registry.get("websocket.probes").tags("kind", "tls-only", "end", "fin").counter().count())
			.isEqualTo(1);
		assertThat(this.registry.get("websocket.probes").counters()).hasSize(2);
	}

	@Test
	void downgradedLinesAreCountedByLogger() {
		this.metrics.onDowngraded("io.netty.Some");
		assertThat(this.registry.get("websocket.log.downgraded").tags("logger", "io.netty.Some").counter().count())
			.isEqualTo(1);
	}

}
