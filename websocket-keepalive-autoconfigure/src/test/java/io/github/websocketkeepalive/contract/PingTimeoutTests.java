package io.github.websocketkeepalive.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.test.AnsweringClient;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(LeakDetection.class)
class PingTimeoutTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration EARLIEST = Duration.ofSeconds(1);

	private static final Duration LATEST = Duration.ofSeconds(2).plus(Duration.ofMillis(250).multipliedBy(2));

	private static final int ATTEMPTS_ON_A_BUSY_MACHINE = 3;

	@ParameterizedTest
	@EnumSource
	void aStoppedClientIsClosedInTimeWhileOthersLive(Transport transport) throws Exception {
		try (TestServer server = echo(transport).heartbeat("1s", "1s").start(RecordingListener.class);
				LiveClients clients = LiveClients.connect(500, server.uri("/echo/live"))) {
			List<Duration> silences = new ArrayList<>();
			do {
				silences.add(silenceOfStoppedClient(server, "/echo/stopped-" + silences.size()));
			}
			while (silences.get(silences.size() - 1).compareTo(LATEST) > 0
					&& silences.size() < ATTEMPTS_ON_A_BUSY_MACHINE);
			assertThat(silences).allMatch((silence) -> silence.compareTo(EARLIEST) >= 0)
				.anyMatch((silence) -> silence.compareTo(LATEST) <= 0);
			await().atMost(PATIENCE)
				.until(() -> server.connections()
					.stream()
					.allMatch((connection) -> connection.getPongsReceived() >= 1));
			assertThat(server.connections().count()).isEqualTo(500);
			assertThat(clients.open()).isEqualTo(500);
			assertThat(clients.pings()).isGreaterThanOrEqualTo(500);
			assertThat(server.bean(RecordingListener.class).closed("/echo/live")).isEmpty();
		}
	}

	private static Duration silenceOfStoppedClient(TestServer server, String path) throws Exception {
		RecordingListener events = server.bean(RecordingListener.class);
		try (AnsweringClient client = AnsweringClient.start(server.port(), path)) {
			await().atMost(PATIENCE)
				.until(() -> server.connections()
					.stream()
					.anyMatch((connection) -> connection.getPath().equals(path) && connection.getPongsReceived() >= 2));
			client.stop();
			await().atMost(PATIENCE).until(() -> !events.closed(path).isEmpty());
		}
		RecordingListener.Closed end = events.closed(path).get(0);
		assertThat(events.closed(path)).hasSize(1);
		assertThat(end.cause()).isEqualTo(CloseCause.PING_TIMEOUT);
		assertThat(end.code()).isEqualTo(1011);
		return Duration.ofNanos(end.nanoTime() - events.lastPong(end.connection()));
	}

	@ParameterizedTest
	@EnumSource
	void whenIdleOnlyTheSilentArePinged(Transport transport) throws Exception {
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
		try (TestServer server = echo(transport).heartbeat("2s", "30s")
			.property("websocket-keepalive.heartbeat.mode", "when-idle")
			.start();
				LiveClients talkative = LiveClients.connect(1, server.uri("/echo/talkative"));
				LiveClients silent = LiveClients.connect(1, server.uri("/echo/silent"))) {
			timer.scheduleWithFixedDelay(() -> talkative.sendText("still here"), 0, 100, TimeUnit.MILLISECONDS);
			await().atMost(PATIENCE).until(() -> silent.pings() >= 2);
			assertThat(talkative.messages()).isPositive();
			assertThat(talkative.pings()).isZero();
			assertThat(talkative.open()).isOne();
		}
		finally {
			timer.shutdownNow();
		}
	}

	@ParameterizedTest
	@EnumSource
	void anEndpointMayHaveAnIntervalOfItsOwnOrNoPings(Transport transport) throws Exception {
		try (TestServer server = echo(transport).heartbeat("100ms", "30s")
			.property("websocket-keepalive.heartbeat.endpoints[/echo/rarely/**].interval", "1h")
			.property("websocket-keepalive.heartbeat.endpoints[/echo/never].enabled", "false")
			.start();
				LiveClients often = LiveClients.connect(1, server.uri("/echo/often"));
				LiveClients rarely = LiveClients.connect(1, server.uri("/echo/rarely/1"));
				LiveClients never = LiveClients.connect(1, server.uri("/echo/never"))) {
			await().atMost(PATIENCE).until(() -> often.pings() >= 10);
			assertThat(rarely.pings()).isZero();
			assertThat(never.pings()).isZero();
			assertThat(server.connections().stream().map(WebSocketConnection::getPath))
				.containsExactlyInAnyOrder("/echo/often", "/echo/rarely/1", "/echo/never");
		}
	}

	@ParameterizedTest
	@EnumSource
	void withoutHeartbeatConnectionsAreSeenButNotPinged(Transport transport) throws Exception {
		try (TestServer server = echo(transport).heartbeat("100ms", "100ms")
			.property("websocket-keepalive.heartbeat.enabled", "false")
			.property("websocket-keepalive.heartbeat.endpoints[/echo/pinged].enabled", "true")
			.start();
				LiveClients pinged = LiveClients.connect(1, server.uri("/echo/pinged"));
				LiveClients unpinged = LiveClients.connect(1, server.uri("/echo/unpinged"))) {
			await().atMost(PATIENCE).until(() -> pinged.pings() >= 10);
			assertThat(unpinged.pings()).isZero();
			assertThat(server.connections().count()).isEqualTo(2);
		}
	}

	private static TestServer.Builder echo(Transport transport) {
		return TestServer.on(transport).property("websocket-keepalive.echo.path", "/echo/**");
	}

}
