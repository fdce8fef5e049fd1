package io.github.websocketkeepalive.stream.metrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StreamMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final StreamMetrics metrics = new StreamMetrics(this.registry);

	@Test
	void activeFollowsOpenedAndClosed() {
		this.metrics.onOpened("trades");
		this.metrics.onOpened("trades");
		this.metrics.onOpened("prices");
		this.metrics.onClosed("trades");
		assertThat(active("trades")).isEqualTo(1);
		assertThat(active("prices")).isEqualTo(1);
	}

	@Test
	void batchesAndTheirItemsAreCounted() {
		this.metrics.onBatch("trades", 10);
		this.metrics.onBatch("prices", 5);
		assertThat(count("websocket.stream.batches")).isEqualTo(2);
		assertThat(count("websocket.stream.items", "source", "trades")).isEqualTo(10);
		assertThat(count("websocket.stream.items", "source", "prices")).isEqualTo(5);
	}

	@Test
	void whatContinuesAndWhatDoesNotIsToldApart() {
		this.metrics.onResumed("trades", true);
		this.metrics.onResumed("trades", true);
		this.metrics.onResumed("trades", false);
		assertThat(count("websocket.stream.resumed", "source", "trades", "recovered", "true")).isEqualTo(2);
		assertThat(count("websocket.stream.resumed", "source", "trades", "recovered", "false")).isEqualTo(1);
	}

	@Test
	void everyMissingItemIsCounted() {
		this.metrics.onMissing("prices", 7);
		this.metrics.onMissing("prices", 1);
		assertThat(count("websocket.stream.missing", "source", "prices")).isEqualTo(8);
	}

	@Test
	void codesThatSourcesAddAreOne() {
		this.metrics.onError("bad-frame");
		this.metrics.onError("order-4711-is-gone");
		this.metrics.onError("order-4712-is-gone");
		assertThat(count("websocket.stream.errors", "code", "bad-frame")).isEqualTo(1);
		assertThat(count("websocket.stream.errors", "code", "application")).isEqualTo(2);
	}

	private double active(String source) {
		return this.registry.get("websocket.stream.active").tag("source", source).gauge().value();
	}

	private double count(String name, String... tags) {
		return this.registry.get(name).tags(tags).counter().count();
	}

}
