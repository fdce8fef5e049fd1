package io.github.websocketkeepalive.metrics;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventLoopMetrics}.
 */
class EventLoopMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final EventLoopMetrics metrics = new EventLoopMetrics(this.registry);

	@Test
	void timesTheLagOfEachLoop() {
		this.metrics.onLag("loop-1", 2_000_000);
		this.metrics.onLag("loop-1", 4_000_000);
		this.metrics.onLag("loop-2", 1_000_000);
		Timer lag = this.registry.get("websocket.eventloop.lag").tag("event.loop", "loop-1").timer();
		assertThat(lag.count()).isEqualTo(2);
		assertThat(lag.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(6);
		assertThat(lag.max(TimeUnit.MILLISECONDS)).isEqualTo(4);
		assertThat(this.registry.get("websocket.eventloop.lag").timers()).hasSize(2);
		assertThat(lag.getId().getDescription()).isNotBlank();
	}

	@Test
	void countsStallsFromZero() {
		assertThat(this.registry.get("websocket.eventloop.stalls").counter().count()).isZero();
		this.metrics.onStall("loop-1");
		this.metrics.onStall("loop-2");
		assertThat(this.registry.get("websocket.eventloop.stalls").counter().count()).isEqualTo(2);
	}

}
