package io.github.websocketkeepalive.fault;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A dead stream is found, however much another one of its TCP connection sends and takes.
 */
@Tag("slow")
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class DeadStreamTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServer(Transport transport) {
		server = TestServer.on(transport)
			.workers(1)
			.heartbeat("1s", "1s")
			.property("server.http2.enabled", true)
			.property("websocket-keepalive.heartbeat.held-limit", "4s")
			.start(Application.class, RecordingListener.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/sink", "/push" })
	void aDeadStreamIsFoundThoughItsNeighbourLives(String path) throws Exception {
		RecordingListener events = server.bean(RecordingListener.class);
		try (Http2Client live = Http2Client.connect(server.port(), false, "/push", false);
				Http2Client dead = live.connectBeside(path)) {
			dead.fallSilent();
			if (path.equals("/push")) {
				dead.stopReading();
			}
			await().atMost(PATIENCE).until(() -> live.messages().size() > 2);
			live.sendText("block");
			await().atMost(PATIENCE).until(() -> {
				live.sendText("here");
				return !events.closed().isEmpty();
			});
			assertThat(events.closed()).singleElement()
				.satisfies((end) -> assertThat(end.connection().getPath()).isEqualTo(path))
				.satisfies((end) -> assertThat(end.cause()).isIn(CloseCause.PING_TIMEOUT, CloseCause.TRANSPORT_DEAD));
			int messages = live.messages().size();
			await().atMost(PATIENCE).until(() -> live.messages().size() > messages);
		}
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
		events.closed().clear();
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/sink")
		WebSocketHandler sink() {
			return (session) -> session.receive().then();
		}

		/**
		 * Blocks the event loop once it is told to.
		 */
		@Bean
		@WebSocketMapping("/push")
		WebSocketHandler push() {
			return (session) -> session
				.send(Flux.interval(Duration.ofMillis(50))
					.onBackpressureDrop()
					.map((number) -> session.textMessage("x".repeat(4096))))
				.and(session.receive().doOnNext((message) -> {
					if (message.getPayloadAsText().equals("block")) {
						block();
					}
				}));
		}

		private static void block() {
			try {
				TimeUnit.MILLISECONDS.sleep(1500);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> extendedConnect() {
			return (factory) -> factory.addServerCustomizers(
					(server) -> server.http2Settings((settings) -> settings.connectProtocolEnabled(true)));
		}

	}

}
