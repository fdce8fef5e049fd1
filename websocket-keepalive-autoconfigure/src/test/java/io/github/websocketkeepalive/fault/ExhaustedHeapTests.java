package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;

import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A process whose heap of 64 MB is exhausted by an application that keeps what its
 * clients send, and everything of which is back once these have left.
 */
class ExhaustedHeapTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int ATTACKERS = 8;

	private static final int MESSAGES = 20;

	private static final int LIVE = 20;

	@ParameterizedTest
	@EnumSource
	void everythingWorksAgainOnceThoseWhoExhaustedTheHeapHaveLeft(Transport transport) throws Exception {
		try (ForkedServer server = ForkedServer.start(transport, List.of("-Xmx64m", "-XX:+UseSerialGC"),
				Application.class, "websocket-keepalive.echo.path=/echo/**",
				"websocket-keepalive.heartbeat.interval=1s", "websocket-keepalive.heartbeat.timeout=4s")) {
			exhaustHeap(server);
			await().atMost(PATIENCE).until(() -> report(server).equals("0 connections, 0 ended loops"));
			assertThat(server.lines("cause=out-of-memory")).isNotEmpty();
			try (LiveClients live = LiveClients.connect(LIVE, server.uri("/echo/live"));
					RawClient dead = RawClient.connect(server.port(), "/echo/dead")) {
				assertThat(dead.isClosedByServer()).isTrue();
				int pings = live.pings();
				await().atMost(PATIENCE).until(() -> live.pings() >= pings + 3 * LIVE);
				assertThat(live.open()).isEqualTo(LIVE);
				assertThat(report(server)).isEqualTo(LIVE + " connections, 0 ended loops");
			}
			assertThat(server.lines("endpoint=/echo/** cause=ping-timeout")).isNotEmpty();
		}
	}

	private static void exhaustHeap(ForkedServer server) throws IOException {
		List<RawClient> attackers = new ArrayList<>();
		for (int i = 0; i < ATTACKERS; i++) {
			attackers.add(RawClient.connect(server.port(), "/hoarding"));
		}
		for (RawClient attacker : attackers) {
			for (int i = 0; i < MESSAGES; i++) {
				attacker.sendText("keep");
			}
		}
		await().atMost(PATIENCE).until(() -> !server.lines("cause=out-of-memory").isEmpty());
		for (RawClient attacker : attackers) {
			attacker.reset();
		}
	}

	private static String report(ForkedServer server) {
		server.suffer(Report.class);
		List<String> reports = server.lines(Report.PREFIX);
		return reports.get(reports.size() - 1).substring(Report.PREFIX.length());
	}

	/**
	 * Prints what the server knows of itself.
	 */
	static class Report implements Runnable {

		private static final String PREFIX = "report: ";

		@Override
		public void run() {
			System.out.println(PREFIX + Application.current.report());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private static volatile Application current;

		private final WebSocketConnections connections;

		private final EventLoopMonitors monitors;

		Application(WebSocketConnections connections, EventLoopMonitors monitors) {
			this.connections = connections;
			this.monitors = monitors;
			current = this;
		}

		@Bean
		@WebSocketMapping("/hoarding")
		WebSocketHandler hoarding() {
			return (session) -> {
				List<byte[]> kept = new ArrayList<>();
				return session.receive().doOnNext((message) -> kept.add(new byte[1024 * 1024])).then();
			};
		}

		private String report() {
			return "%d connections, %d ended loops".formatted(this.connections.count(),
					this.monitors.endedLoops().size());
		}

	}

}
