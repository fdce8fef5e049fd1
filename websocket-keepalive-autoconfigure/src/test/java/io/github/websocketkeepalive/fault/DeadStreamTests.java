package io.github.websocketkeepalive.fault;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
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
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * A dead stream is found, however much another one of its TCP connection sends and takes;
 * a live one is spared that another one keeps from sending.
 */
@Tag("slow")
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class DeadStreamTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration BLOCK = Duration.ofMillis(1500);

	private static final Duration HELD_LIMIT = Duration.ofSeconds(4);

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServer(Transport transport) {
		server = TestServer.on(transport)
			.workers(1)
			.heartbeat("1s", "1s")
			.property("server.http2.enabled", true)
			.property("websocket-keepalive.heartbeat.held-limit", HELD_LIMIT)
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
		events.closed().clear();
		try (Http2Client live = Http2Client.connect(server.port(), false, "/live", false);
				Http2Client dead = live.connectBeside(path)) {
			dead.fallSilent();
			if (path.equals("/push")) {
				dead.stopReading();
			}
			await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(BLOCK.plusMillis(500)).until(() -> {
				live.sendText("block");
				return heldBy(path) != null;
			});
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
	}

	@Test
	void aLiveStreamIsSparedThoughItsNeighbourIsNotReadAndMayNotSend() throws Exception {
		RecordingListener events = server.bean(RecordingListener.class);
		events.closed().clear();
		try (Http2Client live = Http2Client.connect(server.port(), false, "/sink", false);
				Http2Client unread = live.connectBeside("/late")) {
			for (int i = 0; i < 32; i++) {
				unread.sendText("x".repeat(8192));
			}
			await().atMost(PATIENCE).until(() -> heldBy("/sink") == HoldReason.BACKPRESSURE);
			server.bean(LateReader.class).start.tryEmitEmpty();
			await().atMost(PATIENCE).until(() -> heldBy("/sink") == null);
			assertThat(events.closed()).isEmpty();
		}
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
	}

	@Test
	void aLiveStreamThatIsNotReadIsSparedAsLongAsItsHostTakesPings() throws Exception {
		assumeThat(this.transport).isEqualTo(Transport.EPOLL);
		RecordingListener events = server.bean(RecordingListener.class);
		events.closed().clear();
		try (Http2Client unread = Http2Client.connect(server.port(), false, "/never", false)) {
			for (int i = 0; i < 32; i++) {
				unread.sendText("x".repeat(8192));
			}
			await().atMost(PATIENCE).until(() -> heldBy("/never") == HoldReason.BACKPRESSURE);
			await().atMost(PATIENCE).during(HELD_LIMIT.multipliedBy(2)).until(() -> events.closed().isEmpty());
		}
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
	}

	private static @Nullable HoldReason heldBy(String path) {
		return server.connections()
			.stream()
			.filter((connection) -> connection.getPath().equals(path))
			.findAny()
			.map(WebSocketConnection::getHeldBy)
			.orElse(null);
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/sink")
		WebSocketHandler sink() {
			return (session) -> session.receive().then();
		}

		@Bean
		@WebSocketMapping("/never")
		WebSocketHandler never() {
			return (session) -> Mono.never();
		}

		@Bean
		@WebSocketMapping("/late")
		LateReader late() {
			return new LateReader();
		}

		/**
		 * Blocks the event loop when it is told to.
		 */
		@Bean
		@WebSocketMapping({ "/live", "/push" })
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
				TimeUnit.MILLISECONDS.sleep(BLOCK.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	/**
	 * Reads nothing until it is told to.
	 */
	private static final class LateReader implements WebSocketHandler {

		private final Sinks.Empty<Void> start = Sinks.empty();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return this.start.asMono().then(session.receive().then());
		}

	}

}
