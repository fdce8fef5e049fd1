package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that uses all of the starter goes on while it is switched off.
 */
@ExtendWith(OutputCaptureExtension.class)
class SwitchedOffTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static TestServer server;

	@BeforeAll
	static void startServer() {
		server = TestServer.on(Transport.NIO)
			.property("websocket-keepalive.enabled", false)
			.property("websocket-keepalive.client.backoff.min", "10ms")
			.start(Application.class);
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	// HandshakeBodyTests expects the same of a server that is switched on.
	@ParameterizedTest
	@CsvSource({ "Content-Length: 5, hello", "Transfer-Encoding: chunked, 0~~" })
	void theBodyOfAHandshakeIsDropped(String header, String body) throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(RawClient.handshake("/ws/echo", header) + body.replace("~", "\r\n"));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
			client.sendText("one");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("one");
		}
	}

	@Test
	void clientsComeBack() {
		List<String> received = new CopyOnWriteArrayList<>();
		Disposable client = server.bean(KeepaliveWebSocketClient.Builder.class)
			.build()
			.execute(server.uri("/ws/again"),
					(session) -> session.receive()
						.map(WebSocketMessage::getPayloadAsText)
						.doOnNext(received::add)
						.then())
			.subscribe();
		await().atMost(PATIENCE).until(() -> received.contains("connection 3"));
		client.dispose();
		assertThat(server.connections().count()).isZero();
	}

	@Test
	void aHandlerOfAClientThatFailsEndsAsItDoesInReactorNetty(CapturedOutput output) throws IOException {
		List<ScriptedServer.Frame> closes = new CopyOnWriteArrayList<>();
		try (ScriptedServer peer = ScriptedServer.start((connection, number) -> {
			closes.add(connection.open().read());
			connection.socket().close();
		})) {
			server.bean(KeepaliveWebSocketClient.Builder.class)
				.maxAttempts(1)
				.build()
				.execute(peer.uri(), (session) -> Mono.error(new IllegalStateException("bug")))
				.onErrorComplete()
				.block(PATIENCE);
			await().atMost(PATIENCE).until(() -> closes.size() == 1);
		}
		assertThat(closes.get(0).opcode()).isEqualTo(RawClient.CLOSE);
		assertThat(closes.get(0).payload()).isEmpty();
		assertThat(output).doesNotContain("has failed");
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/ws/echo")
		WebSocketHandler echo() {
			return (session) -> session.send(session.receive().map(WebSocketMessage::retain));
		}

		@Bean
		@WebSocketMapping("/ws/again")
		WebSocketHandler again() {
			List<WebSocketSession> sessions = new CopyOnWriteArrayList<>();
			return (session) -> {
				sessions.add(session);
				return session.send(Mono.just(session.textMessage("connection " + sessions.size())))
					.then(session.close(CloseStatus.SERVICE_RESTARTED));
			};
		}

	}

}
