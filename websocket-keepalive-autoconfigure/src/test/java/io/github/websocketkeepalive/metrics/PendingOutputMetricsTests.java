package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

class PendingOutputMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ConnectionRegistry connections = new ConnectionRegistry(Listening.by(ConnectionListener.class));

	@BeforeEach
	void bind() {
		new PendingOutputMetrics(this.connections).bindTo(this.registry);
	}

	@Test
	void isZeroWithoutConnections() {
		assertThat(pending().value()).isZero();
	}

	@Test
	void isTheSumOverAllConnectionsThatAreOpen() {
		StubConnection slow = StubConnection.withId("slow").pendingBytes(1000);
		this.connections.opened(slow);
		this.connections.opened(StubConnection.withId("slower").pendingBytes(20_000));
		assertThat(pending().value()).isEqualTo(21_000);
		this.connections.closed(slow, CloseCause.SLOW_CONSUMER, 1013);
		assertThat(pending().value()).isEqualTo(20_000);
	}

	@Test
	void isInBytes() {
		assertThat(pending().getId().getBaseUnit()).isEqualTo("bytes");
	}

	private Gauge pending() {
		return this.registry.get("websocket.output.pending.bytes").gauge();
	}

}
