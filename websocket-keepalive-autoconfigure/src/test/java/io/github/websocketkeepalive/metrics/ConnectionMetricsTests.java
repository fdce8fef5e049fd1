package io.github.websocketkeepalive.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ConnectionMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ConnectionMetrics metrics = new ConnectionMetrics(this.registry);

	private final StubConnection connection = StubConnection.withId("id").endpoint("/ws/{room}");

	@Test
	void registersNothingBeforeTheFirstConnection() {
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void activeFollowsOpenedAndClosed() {
		this.metrics.onOpened(this.connection);
		this.metrics.onOpened(StubConnection.withId("other").endpoint("/ws/{room}"));
		assertThat(active("/ws/{room}", "server")).isEqualTo(2);
		this.metrics.onClosed(this.connection, CloseCause.PEER_CLOSED, 1000);
		assertThat(active("/ws/{room}", "server")).isEqualTo(1);
	}

	@Test
	void activeTellsEndpointsAndRolesApart() {
		this.metrics.onOpened(this.connection);
		this.metrics.onOpened(StubConnection.withId("other").endpoint("/other"));
		this.metrics.onOpened(StubConnection.withId("client").endpoint("/other").role(Role.CLIENT));
		assertThat(active("/ws/{room}", "server")).isEqualTo(1);
		assertThat(active("/other", "server")).isEqualTo(1);
		assertThat(active("/other", "client")).isEqualTo(1);
	}

	@Test
	void endpointWithoutAPatternIsUnknown() {
		this.metrics.onOpened(StubConnection.withId("id"));
		assertThat(active("UNKNOWN", "server")).isEqualTo(1);
	}

	@Test
	void closedIsATimerOfTheLifetimeByCause() {
		this.connection.openedAt(Instant.now().minus(Duration.ofHours(1)));
		this.metrics.onOpened(this.connection);
		this.metrics.onClosed(this.connection, CloseCause.PING_TIMEOUT, 1011);
		Timer closed = this.registry.get("websocket.connections.closed")
			.tags("endpoint", "/ws/{room}", "role", "server", "cause", "ping-timeout")
			.timer();
		assertThat(closed.count()).isEqualTo(1);
		assertThat(closed.totalTime(TimeUnit.MINUTES)).isCloseTo(60, within(5.0));
	}

	@Test
	void pingsAreCounted() {
		this.metrics.onPing(this.connection, 1);
		this.metrics.onPing(this.connection, 2);
		assertThat(this.registry.get("websocket.pings.sent").counter().count()).isEqualTo(2);
		assertThat(this.registry.get("websocket.pongs.received").counter().count()).isZero();
	}

	@Test
	void pongsAreCountedAndTheirRoundTripsTimed() {
		this.metrics.onPong(this.connection, 1, 3_000_000);
		assertThat(this.registry.get("websocket.pongs.received").counter().count()).isEqualTo(1);
		Timer rtt = this.registry.get("websocket.ping.rtt").timer();
		assertThat(rtt.count()).isEqualTo(1);
		assertThat(rtt.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(3);
	}

	@Test
	void aPongWithoutARoundTripIsOnlyCounted() {
		this.metrics.onPong(this.connection, 1, -1);
		assertThat(this.registry.get("websocket.pongs.received").counter().count()).isEqualTo(1);
		assertThat(this.registry.get("websocket.ping.rtt").timer().count()).isZero();
	}

	@Test
	void tagsAreEndpointRoleAndCauseOnly() {
		live(this.connection);
		assertThat(this.registry.getMeters()).hasSize(5).allSatisfy((meter) -> {
			Set<String> expected = meter.getId().getName().equals("websocket.connections.closed")
					? Set.of("endpoint", "role", "cause") : Set.of("endpoint", "role");
			assertThat(tagKeys(meter)).isEqualTo(expected);
		});
	}

	@Test
	void aThousandConnectionsOfOneEndpointAddNoMeters() {
		live(this.connection);
		int meters = this.registry.getMeters().size();
		for (int i = 0; i < 1000; i++) {
			live(StubConnection.withId("id-" + i).endpoint("/ws/{room}"));
		}
		assertThat(this.registry.getMeters()).hasSize(meters);
		assertThat(active("/ws/{room}", "server")).isZero();
	}

	@Test
	void everyMeterHasADescription() {
		live(this.connection);
		assertThat(this.registry.getMeters()).isNotEmpty()
			.allSatisfy((meter) -> assertThat(meter.getId().getDescription()).isNotBlank());
	}

	private void live(StubConnection connection) {
		this.metrics.onOpened(connection);
		this.metrics.onPing(connection, 1);
		this.metrics.onPong(connection, 1, 1);
		this.metrics.onClosed(connection, CloseCause.PEER_CLOSED, 1000);
	}

	private double active(String endpoint, String role) {
		return this.registry.get("websocket.connections.active")
			.tags("endpoint", endpoint, "role", role)
			.gauge()
			.value();
	}

	private static Set<String> tagKeys(Meter meter) {
		return meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet());
	}

}
