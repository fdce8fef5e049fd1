package io.github.websocketkeepalive.fault;

import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("slow")
@ExtendWith(LeakDetection.class)
class SlowHandlerTests {

	private static final int MESSAGES = 300;

	@ParameterizedTest
	@EnumSource
	void peersBehindAHandlerThatReadsSlowlyLiveAndTheSilentOneDies(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport).heartbeat("500ms", "1s").start(Application.class);
				RawClient silent = RawClient.connect(server.port(), "/slow");
				LiveClients clients = LiveClients.connect(3, server.uri("/slow"))) {
			for (int i = 0; i < MESSAGES; i++) {
				clients.sendText("x".repeat(500));
			}
			assertThat(silent.isClosedByServer()).isTrue();
			await().atMost(Duration.ofSeconds(30)).until(() -> clients.messages() >= 3 * 40);
			assertThat(clients.open()).isEqualTo(3);
			assertThat(clients.closedWith(1011)).isZero();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/slow")
		WebSocketHandler slow() {
			return (session) -> session.send(session.receive()
				.map(WebSocketMessage::getPayloadAsText)
				.concatMap((text) -> Mono.just(text).delayElement(Duration.ofMillis(100)), 1)
				.map(session::textMessage));
		}

	}

}
