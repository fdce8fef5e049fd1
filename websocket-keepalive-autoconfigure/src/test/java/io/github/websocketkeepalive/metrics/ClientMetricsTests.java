package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClientMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ClientMetrics metrics = new ClientMetrics(this.registry);

	@Test
	void reconnectsAreCountedByClientAndCause() {
		this.metrics.onReconnect("prices", "ping-timeout");
		this.metrics.onReconnect("prices", "ping-timeout");
		this.metrics.onReconnect("orders", "eof");
		assertThat(this.registry.get("websocket.client.reconnects")
			.tags("client", "prices", "cause", "ping-timeout")
			.counter()
			.count()).isEqualTo(2);
		assertThat(this.registry.get("websocket.client.reconnects")
			.tags("client", "orders", "cause", "eof")
			.counter()
			.count()).isEqualTo(1);
	}

	@Test
	void droppedMessagesAreCountedByClient() {
		this.metrics.onDropped("prices");
		assertThat(this.registry.get("websocket.client.dropped").tags("client", "prices").counter().count())
			.isEqualTo(1);
	}

}
