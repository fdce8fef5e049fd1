package io.github.websocketkeepalive.fault;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.socket.WebSocketHandler;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class OutOfMemoryTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@ParameterizedTest
	@EnumSource
	void aHandlerWithoutMemoryEndsItsOwnConnectionOnly(Transport transport, CapturedOutput output) throws Exception {
		int before = output.length();
		try (TestServer server = TestServer.on(transport)
			.heartbeat("1s", "1s")
			.property("websocket-keepalive.echo.path", "/echo")
			.start(Application.class); LiveClients bystanders = LiveClients.connect(4, server.uri("/echo"))) {
			RecordingListener ends = server.bean(RecordingListener.class);
			for (String path : List.of("/receiving", "/sending")) {
				try (RawClient client = RawClient.connect(server.port(), path)) {
					client.sendText("go");
					assertThat(client.isClosedByServer()).isTrue();
				}
				await().atMost(PATIENCE).until(() -> ends.closed(path).size() == 1);
			}
			assertThat(ends.closed("/receiving").get(0).cause()).isEqualTo(CloseCause.OUT_OF_MEMORY);
			assertThat(server.bean(EventLoopMonitors.class).endedLoops()).isEmpty();
			Survivors.assertAnswerOn(server, "/echo", 4);
			assertThat(bystanders.open()).isEqualTo(4);
		}
		assertThat(output.subSequence(before, output.length()).toString().lines())
			.filteredOn((line) -> line.contains("Out of memory: closing WebSocket"))
			.hasSizeLessThanOrEqualTo(1);
	}

	@Import(RecordingListener.class)
	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/receiving")
		WebSocketHandler receiving() {
			return (session) -> session.receive().doOnNext((message) -> {
				throw new OutOfMemoryError("deliberate");
			}).then();
		}

		@Bean
		@WebSocketMapping("/sending")
		WebSocketHandler sending() {
			return (session) -> session.send(session.receive().map((message) -> {
				throw new OutOfMemoryError("deliberate");
			}));
		}

	}

}
