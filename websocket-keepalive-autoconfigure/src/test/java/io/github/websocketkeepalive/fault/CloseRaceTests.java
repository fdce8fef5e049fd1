package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The peer, the application and an operator close a connection at about the same time,
 * while both send: servers kept sockets for ever after that (CVE-2024-23672,
 * CVE-2022-25762).
 */
@Tag("slow")
@ExtendWith(LeakDetection.class)
class CloseRaceTests {

	private static final int CLIENTS = 300;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@ParameterizedTest
	@EnumSource
	void everyConnectionEndsOnce(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport)
			.property("websocket-keepalive.echo.path", "/echo")
			.property("websocket-keepalive.heartbeat.close-timeout", "1s")
			.property("websocket-keepalive.logging.lifecycle-level", "off")
			.property("logging.level.reactor.netty", "off")
			.start(Push.class, RecordingListener.class, OpenSockets.class);
				RawClient good = RawClient.connect(server.port(), "/echo")) {
			Random random = new Random(1);
			RawClient[] clients = new RawClient[CLIENTS];
			for (int i = 0; i < CLIENTS; i++) {
				clients[i] = RawClient.connect(server.port(), "/push");
				end(clients[i], random.nextInt(4));
				if (random.nextBoolean()) {
					server.bean(ConnectionRegistry.class)
						.served()
						.filter((connection) -> connection.getPath().equals("/push"))
						.forEach((connection) -> connection.close(CloseCause.OPERATOR, 1001, "operator"));
				}
			}
			RecordingListener events = server.bean(RecordingListener.class);
			await().atMost(PATIENCE).until(() -> events.closed("/push").size() == CLIENTS);
			await().atMost(PATIENCE).until(() -> server.bean(OpenSockets.class).count() == 1);
			assertThat(events.closed("/push")).doesNotHaveDuplicates().hasSize(CLIENTS);
			good.sendText("alive");
			assertThat(good.read(RawClient.TEXT).text()).isEqualTo("alive");
			for (RawClient client : clients) {
				client.close();
			}
		}
	}

	private static void end(RawClient client, int how) {
		try {
			switch (how) {
				case 0 -> client.sendClose(1000, "bye");
				case 1 -> client.socket().shutdownOutput();
				case 2 -> client.sendText("close");
				default -> client.reset();
			}
		}
		catch (IOException ex) {
			// The server was first.
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Push {

		@Bean
		@WebSocketMapping("/push")
		WebSocketHandler push() {
			return (session) -> {
				Mono<Void> sending = session.send(Flux.range(0, 200).map((i) -> session.textMessage("message " + i)));
				Mono<Void> closing = session.receive()
					.next()
					.then(Mono.defer(() -> session.close(CloseStatus.GOING_AWAY)));
				return Mono.when(sending, closing);
			};
		}

	}

}
