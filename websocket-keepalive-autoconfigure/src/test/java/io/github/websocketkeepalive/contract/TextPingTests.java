package io.github.websocketkeepalive.contract;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.http.server.WebsocketServerSpec;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The server answers text pings, where it is told to, in place of the application.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class TextPingTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static TestServer answering;

	private static TestServer silent;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServers(Transport transport) {
		answering = TestServer.on(transport)
			.property("websocket-keepalive.heartbeat.text-ping", "ping")
			.property("websocket-keepalive.heartbeat.text-pong", "pong")
			.start(Application.class);
		silent = TestServer.on(transport).start(Application.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServers() {
		answering.close();
		silent.close();
	}

	@Test
	void theApplicationDoesNotSeeThem() throws Exception {
		try (RawClient client = RawClient.connect(answering.port(), "/echo")) {
			for (String text : List.of("ping", "one", "ping", "ping", "two")) {
				client.sendText(text);
			}
			assertThat(List.of(text(client), text(client), text(client), text(client), text(client)))
				.containsExactlyInAnyOrder("pong", "pong", "pong", "echo: one", "echo: two");
		}
	}

	@Test
	void theApplicationSeesThemUnlessTheyAreSet() throws Exception {
		try (RawClient client = RawClient.connect(silent.port(), "/echo")) {
			client.sendText("ping");
			assertThat(text(client)).isEqualTo("echo: ping");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 40 })
	void theyAreAnsweredWhileTheApplicationDoesNotRead(int unread) throws Exception {
		try (RawClient client = RawClient.connect(answering.port(), "/never")) {
			for (int i = 0; i < unread; i++) {
				client.sendText("x".repeat(1024));
			}
			for (int i = 0; i < 3; i++) {
				client.sendText("ping");
				assertThat(text(client)).isEqualTo("pong");
			}
		}
	}

	@Test
	void theyMayBeCompressed() {
		List<String> answers = HttpClient.create()
			.websocket(WebsocketClientSpec.builder().compress(true).build())
			.uri(answering.uri("/echo"))
			.handle((inbound, outbound) -> {
				assertThat(inbound.headers().get("sec-websocket-extensions")).startsWith("permessage-deflate");
				return inbound.receive()
					.asString()
					.take(2)
					.mergeWith(outbound.sendString(Flux.just("ping", "one")).then().cast(String.class));
			})
			.take(2)
			.collectList()
			.block(PATIENCE);
		assertThat(answers).containsExactlyInAnyOrder("pong", "echo: one");
	}

	private static String text(RawClient client) throws Exception {
		return client.read(RawClient.TEXT).text();
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/echo")
		WebSocketHandler echo() {
			return (session) -> session.send(session.receive()
				.map(WebSocketMessage::getPayloadAsText)
				.map((text) -> session.textMessage("echo: " + text)));
		}

		@Bean
		@WebSocketMapping("/never")
		WebSocketHandler never() {
			return (session) -> Mono.never();
		}

		@Bean
		WebSocketHandlerAdapter compressingAdapter() {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(
					new ReactorNettyRequestUpgradeStrategy(WebsocketServerSpec.builder().compress(true))));
		}

	}

}
