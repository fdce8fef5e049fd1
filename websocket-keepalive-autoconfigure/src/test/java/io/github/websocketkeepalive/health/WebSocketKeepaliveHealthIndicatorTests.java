package io.github.websocketkeepalive.health;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.OpenFiles;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.drain.DrainPolicy;
import io.github.websocketkeepalive.drain.TrafficSwitch;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class WebSocketKeepaliveHealthIndicatorTests {

	private final ConnectionRegistry connections = new ConnectionRegistry(Listening.by(ConnectionListener.class));

	private final EventLoopMonitors monitors = mock(EventLoopMonitors.class);

	private final EventLoopWatchdog watchdog = mock(EventLoopWatchdog.class);

	private final Drain drain = new Drain(this.connections, new DrainPolicy(Duration.ZERO, Duration.ZERO, 1012),
			(clients) -> 0, mock(AdmissionGate.class), mock(TrafficSwitch.class), new CallbackFailures());

	@BeforeEach
	void watch() {
		given(this.watchdog.isWatching()).willReturn(true);
	}

	@Test
	void isUpWithoutConnections() {
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsExactly(entry("connections", 0L), entry("held", 0L),
				entry("pendingOutputBytes", 0L));
	}

	@Test
	void tellsHowManyConnectionsAreOpenAndHeld() {
		this.connections.opened(StubConnection.withId("alive"));
		this.connections.opened(StubConnection.withId("dead").liveness(Liveness.DEAD));
		this.connections.opened(StubConnection.withId("held").heldBy(HoldReason.BACKPRESSURE));
		assertThat(health().getDetails()).containsExactly(entry("connections", 3L), entry("held", 1L),
				entry("pendingOutputBytes", 0L));
	}

	@Test
	void staysUpWhilePeersAreHeldOrDead() {
		this.connections.opened(StubConnection.withId("dead").liveness(Liveness.DEAD));
		this.connections.opened(StubConnection.withId("held").heldBy(HoldReason.LOCAL_STALL));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void isDownWhileAnEventLoopIsStalledForTooLong() {
		given(this.watchdog.isDown()).willReturn(true);
		given(this.watchdog.stalledLoops()).willReturn(2L);
		given(this.watchdog.worstLag()).willReturn(Duration.ofSeconds(6));
		Health health = healthWithWatchdog();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsExactly(entry("connections", 0L), entry("held", 0L),
				entry("pendingOutputBytes", 0L), entry("draining", false), entry("stalledLoops", 2L),
				entry("worstLoopLagMillis", 6000L));
	}

	@Test
	void isDownForGoodWhenAnEventLoopHasEnded() {
		given(this.monitors.endedLoops()).willReturn(List.of("reactor-http-epoll-2"));
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).contains(entry("endedLoops", List.of("reactor-http-epoll-2")));
	}

	@Test
	void isDownForGoodWhenTheWatchdogHasEnded() {
		given(this.watchdog.isWatching()).willReturn(false);
		given(this.watchdog.worstLag()).willReturn(Duration.ZERO);
		Health health = healthWithWatchdog();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).contains(entry("endedTasks", List.of("websocket-keepalive-watchdog")));
	}

	@Test
	void staysUpWhileAStallIsShort() {
		given(this.watchdog.stalledLoops()).willReturn(1L);
		given(this.watchdog.worstLag()).willReturn(Duration.ofSeconds(2));
		Health health = healthWithWatchdog();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).contains(entry("stalledLoops", 1L), entry("worstLoopLagMillis", 2000L));
	}

	@Test
	void handshakesAndOpenFilesAreTold() {
		OpenFiles files = mock(OpenFiles.class);
		given(files.used()).willReturn(300L);
		given(files.limit()).willReturn(1024L);
		Health health = new WebSocketKeepaliveHealthIndicator(this.connections, this.monitors, null, null,
				new HandshakeRates(), files, List.of())
			.health()
			.block();
		assertThat(health.getDetails()).contains(entry("handshakesAcceptedPerSecond", 0.0),
				entry("handshakesRejectedPerSecond", 0.0), entry("openFiles", 300L), entry("maxOpenFiles", 1024L));
	}

	@Test
	void isOutOfServiceWhileDraining() {
		given(this.watchdog.worstLag()).willReturn(Duration.ZERO);
		this.drain.start();
		Health health = healthWithWatchdog();
		assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		assertThat(health.getDetails()).contains(entry("draining", true));
		this.drain.resume();
		assertThat(healthWithWatchdog().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void isDownRatherThanOutOfService() {
		given(this.watchdog.isDown()).willReturn(true);
		given(this.watchdog.worstLag()).willReturn(Duration.ofSeconds(6));
		this.drain.start();
		assertThat(healthWithWatchdog().getStatus()).isEqualTo(Status.DOWN);
		this.drain.resume();
	}

	@Test
	void tellsWhatOtherModulesTellWithTheSameStatus() {
		Map<String, Object> details = new HashMap<>();
		WebSocketKeepaliveHealthIndicator indicator = new WebSocketKeepaliveHealthIndicator(this.connections,
				this.monitors, null, null, null, null, List.of(() -> details));
		assertThat(indicator.health().block().getDetails()).doesNotContainKey("store");
		details.put("store", "unavailable");
		assertThat(indicator.health().block().getDetails()).contains(entry("store", "unavailable"));
		assertThat(indicator.health().block().getStatus()).isEqualTo(Status.UP);
	}

	private Health healthWithWatchdog() {
		return new WebSocketKeepaliveHealthIndicator(this.connections, this.monitors, this.watchdog, this.drain, null,
				null, List.of())
			.health()
			.block();
	}

	private Health health() {
		return new WebSocketKeepaliveHealthIndicator(this.connections, this.monitors, null, null, null, null, List.of())
			.health()
			.block();
	}

}
