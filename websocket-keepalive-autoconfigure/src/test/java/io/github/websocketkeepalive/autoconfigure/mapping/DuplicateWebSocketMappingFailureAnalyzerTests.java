package io.github.websocketkeepalive.autoconfigure.mapping;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class DuplicateWebSocketMappingFailureAnalyzerTests {

	@Test
	void namesBothHandlersOfOnePath(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestServer.on(Transport.NIO).start(TwoHandlers.class));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The beans 'first' and 'second' are both mapped to the WebSocket path '/ws/prices'.")
			.contains("Give one of them another path");
	}

	@Test
	void namesAHandlerAndTheEchoHandlerOfOnePath(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestServer.on(Transport.NIO)
			.property("websocket-keepalive.echo.path", "/ws/prices")
			.start(OneHandler.class));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(
					"The beans 'first' and 'webSocketEchoHandler' are both mapped to the WebSocket path '/ws/prices'.")
			.contains("'websocket-keepalive.echo.path'");
	}

	@Configuration(proxyBeanMethods = false)
	static class OneHandler {

		@Bean
		@WebSocketMapping("/ws/prices")
		WebSocketHandler first() {
			return (session) -> Mono.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoHandlers {

		@Bean
		@WebSocketMapping("/ws/prices")
		WebSocketHandler first() {
			return (session) -> Mono.empty();
		}

		@Bean
		@WebSocketMapping({ "/ws/other", "ws/prices" })
		WebSocketHandler second() {
			return (session) -> Mono.empty();
		}

	}

}
