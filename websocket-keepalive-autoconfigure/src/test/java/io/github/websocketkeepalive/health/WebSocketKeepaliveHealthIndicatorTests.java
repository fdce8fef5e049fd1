package io.github.websocketkeepalive.health;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class WebSocketKeepaliveHealthIndicatorTests {

	private final ConnectionRegistry connections = new ConnectionRegistry(List.of());

	@Test
	void isUpWithoutConnections() {
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsExactly(entry("connections", 0L), entry("held", 0L));
	}

	@Test
	void tellsHowManyConnectionsAreOpenAndHeld() {
		this.connections.opened(StubConnection.withId("alive"));
		this.connections.opened(StubConnection.withId("dead").liveness(Liveness.DEAD));
		this.connections.opened(StubConnection.withId("held").heldBy(HoldReason.BACKPRESSURE));
		assertThat(health().getDetails()).containsExactly(entry("connections", 3L), entry("held", 1L));
	}

	@Test
	void staysUpWhilePeersAreHeldOrDead() {
		this.connections.opened(StubConnection.withId("dead").liveness(Liveness.DEAD));
		this.connections.opened(StubConnection.withId("held").heldBy(HoldReason.LOCAL_STALL));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
	}

	private Health health() {
		return new WebSocketKeepaliveHealthIndicator(this.connections, null).health().block();
	}

}
