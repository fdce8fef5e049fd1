package io.github.websocketkeepalive.fault;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("slow")
class PausedServerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final int CONNECTIONS = 200;

	@ParameterizedTest
	@EnumSource
	void aPausedServerKillsNobodyButTheDeadAndTellsThatItWasPaused(Transport transport) throws Exception {
		try (ForkedServer server = ForkedServer.start(transport, List.of("-Xmx256m"), Application.class,
				"websocket-keepalive.echo.path=/echo/**", "websocket-keepalive.heartbeat.interval=1s",
				"websocket-keepalive.heartbeat.timeout=" + TIMEOUT.toMillis() + "ms",
				"websocket-keepalive.event-loop.warn-after=1s", "logging.level.root=warn",
				"websocket-keepalive.logging.lifecycle-level=warn");
				LiveClients live = LiveClients.connect(CONNECTIONS, server.uri("/echo/live"))) {
			awaitPings(live, 2);
			try (RawClient dead = RawClient.connect(server.port(), "/echo/dead")) {
				server.pause();
				TimeUnit.MILLISECONDS.sleep(TIMEOUT.multipliedBy(3).toMillis());
				server.resume();
				assertThat(dead.isClosedByServer()).isTrue();
			}
			awaitPings(live, 3);
			assertThat(live.open()).isEqualTo(CONNECTIONS);
			assertThat(server.lines("closed:")).hasSize(1).allMatch((line) -> line.contains("cause=ping-timeout"));
			assertThat(server.lines("The whole process stood still for")).isNotEmpty();
			assertThat(server.lines("blocked for")).noneMatch(PausedServerTests::isAsLongAsThePause);
		}
	}

	/**
	 * A busy machine may block a loop for a while, the pause is something else.
	 */
	private static boolean isAsLongAsThePause(String line) {
		Matcher millis = Pattern.compile("(\\d+) ms").matcher(line);
		return millis.find() && Long.parseLong(millis.group(1)) >= TIMEOUT.multipliedBy(2).toMillis();
	}

	private static void awaitPings(LiveClients clients, int each) {
		int before = clients.pings();
		await().atMost(PATIENCE).until(() -> clients.pings() >= before + each * CONNECTIONS);
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

	}

}
