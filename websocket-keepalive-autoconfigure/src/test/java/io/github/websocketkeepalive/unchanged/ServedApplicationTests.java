package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.RawClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Applications that Reactor Netty serves, below a base path.
 */
@ExtendWith(OutputCaptureExtension.class)
class ServedApplicationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static Applications applications;

	@BeforeAll
	static void startApplications(CapturedOutput output) throws IOException {
		applications = Applications.start(Mapped.class,
				(builder) -> builder.properties("server.port=0", "spring.webflux.base-path=/api",
						"websocket-keepalive.heartbeat.allow-short=true",
						"websocket-keepalive.heartbeat.endpoints[/api/ws/mapped].interval=100ms"),
				(context) -> answers(new Conversations(Applications.port(context))), output);
	}

	@AfterAll
	static void stopApplications() {
		applications.close();
	}

	@Test
	void theApplicationDoesWhatItIsComparedFor() {
		assertThat(applications.seen(Starter.ABSENT).answers())
			.anyMatch((answer) -> answer.startsWith("/api/ws/echo hello 1000"))
			.anyMatch((answer) -> answer.startsWith("/api/ws/close 4001 enough"))
			.anyMatch((answer) -> answer.contains("HTTP/1.1 403"));
		assertThat(applications.seen(Starter.ABSENT).warnings()).hasSize(1);
		assertThat(applications.seen(Starter.ABSENT).beans()).containsKeys("echo", "decoratingFilter");
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void theApplicationIsAsWithoutTheStarter(Starter starter) {
		assertThat(applications.seen(starter)).isEqualTo(applications.seen(Starter.ABSENT));
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void aMappedHandlerIsTheSameOffloadedOrNot(Starter starter) throws IOException {
		Conversations peer = applications.peer(starter);
		for (String path : List.of("/api/ws/mapped", "/api/ws/offloaded")) {
			assertThat(peer.talk(path)).isEqualTo(path + " hello 1000 done true");
			assertThat(peer.handshake(path, "Origin: " + Plain.FRIEND, "Sec-WebSocket-Protocol: chat"))
				.contains("HTTP/1.1 101", "sec-websocket-protocol: chat");
			assertThat(peer.handshake(path, "Origin: https://stranger.example")).contains("HTTP/1.1 403");
		}
	}

	@Test
	void aConnectionIsCalledByThePathThatTheConfigurationTakes() throws IOException {
		WebSocketConnections connections = applications.context(Starter.DEFAULTS).getBean(WebSocketConnections.class);
		await().atMost(PATIENCE).until(() -> connections.count() == 0);
		try (RawClient client = RawClient.connect(applications.port(Starter.DEFAULTS), "/api/ws/mapped")) {
			assertThat(client.read(RawClient.PING).payload()).isNotEmpty();
			assertThat(connections.stream().map(WebSocketConnection::getEndpoint)).containsExactly("/api/ws/mapped");
		}
	}

	@Test
	void nothingIsPingedOrKnownWhileItIsSwitchedOff() throws IOException {
		try (RawClient client = RawClient.connect(applications.port(Starter.SWITCHED_OFF), "/api/ws/mapped")) {
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> {
				client.socket().setSoTimeout(500);
				client.read();
			});
			assertThat(applications.context(Starter.SWITCHED_OFF).getBean(WebSocketConnections.class).count()).isZero();
		}
	}

	private static List<String> answers(Conversations peer) throws IOException {
		return List.of(peer.request("GET", "/api/hello"), peer.request("GET", "/hello"),
				peer.request("GET", "/api/fail"), peer.request("POST", "/api/hello"),
				peer.request("OPTIONS", "/api/hello", "Origin: " + Plain.FRIEND, "Access-Control-Request-Method: GET"),
				peer.request("OPTIONS", "/api/hello", "Origin: null", "Access-Control-Request-Method: GET"),
				peer.request("GET", "/api/ws/echo"), peer.handshake("/api/ws/missing"),
				peer.handshake("/api/ws/echo", "Origin: " + Plain.FRIEND, "Sec-WebSocket-Protocol: chat"),
				peer.handshake("/api/ws/echo", "Origin: https://stranger.example"), peer.talk("/api/ws/echo"),
				peer.talk("/api/ws/close"), peer.talk("/api/ws/complete"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Mapped extends Plain {

		@Bean
		@WebSocketMapping("/ws/mapped")
		Echo mapped() {
			return new Echo();
		}

		@Bean
		@WebSocketMapping(value = "/ws/offloaded", offload = true)
		Echo offloaded() {
			return new Echo();
		}

	}

}
