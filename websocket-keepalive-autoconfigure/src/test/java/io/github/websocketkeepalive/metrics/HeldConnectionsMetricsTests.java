package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

class HeldConnectionsMetricsTests {

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final ConnectionRegistry connections = new ConnectionRegistry(Listening.by(ConnectionListener.class));

	@BeforeEach
	void bind() {
		new HeldConnectionsMetrics(this.connections).bindTo(this.meters);
	}

	@ParameterizedTest
	@EnumSource
	void isZeroForEveryReasonWhenNothingIsHeld(HoldReason reason) {
		this.connections.opened(StubConnection.withId("alive"));
		assertThat(held(reason)).isZero();
	}

	@Test
	void countsHeldConnectionsByReason() {
		this.connections.opened(StubConnection.withId("alive"));
		this.connections.opened(StubConnection.withId("slow-1").heldBy(HoldReason.SLOW_PEER));
		this.connections.opened(StubConnection.withId("slow-2").heldBy(HoldReason.SLOW_PEER));
		this.connections.opened(StubConnection.withId("unread").heldBy(HoldReason.BACKPRESSURE));
		assertThat(held(HoldReason.SLOW_PEER)).isEqualTo(2);
		assertThat(held(HoldReason.BACKPRESSURE)).isEqualTo(1);
		assertThat(held(HoldReason.LOCAL_STALL)).isZero();
	}

	@Test
	void followsAConnectionThatIsHeldNoLonger() {
		StubConnection connection = StubConnection.withId("slow").heldBy(HoldReason.SLOW_PEER);
		this.connections.opened(connection);
		assertThat(held(HoldReason.SLOW_PEER)).isEqualTo(1);
		connection.heldBy(null);
		assertThat(held(HoldReason.SLOW_PEER)).isZero();
	}

	private double held(HoldReason reason) {
		return this.meters.get("websocket.held").tag("reason", reason.text()).gauge().value();
	}

}
