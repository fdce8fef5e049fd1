package io.github.websocketkeepalive.fault;

import java.time.Duration;

import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.AnsweringClient;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A peer that takes our output so slowly that it cannot see a ping in time.
 */
@Tag("slow")
class SlowPeerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private static final Duration HELD_LIMIT = Duration.ofSeconds(5);

	private static final int MUCH_LONGER_THAN_HELD_LIMIT = 2 * 5 * SlowReader.BYTES_PER_SECOND;

	@ParameterizedTest
	@EnumSource
	void aSlowPeerLivesUntilItStopsReading(Transport transport) throws Exception {
		try (TestServer server = server(transport);
				RawClient client = RawClient.connect(server.port(), "/flood", 4096);
				SlowReader reader = new SlowReader(client)) {
			RecordingListener events = server.bean(RecordingListener.class);
			await().atMost(PATIENCE).until(() -> holds(events) > 0);
			int read = reader.bytesRead();
			await().atMost(PATIENCE)
				.until(() -> reader.bytesRead() - read >= MUCH_LONGER_THAN_HELD_LIMIT || !events.closed().isEmpty());
			assertThat(events.closed()).isEmpty();
			WebSocketConnection connection = server.connections().stream().findFirst().orElseThrow();
			assertThat(connection.getPongsReceived()).isZero();
			assertThat(connection.getHeldBy()).isEqualTo(HoldReason.SLOW_PEER);
			reader.stop();
			long stopped = System.nanoTime();
			await().atMost(PATIENCE).until(() -> !events.closed().isEmpty());
			RecordingListener.Closed end = events.closed().get(0);
			assertThat(end.cause()).isEqualTo(CloseCause.TRANSPORT_DEAD);
			assertThat(Duration.ofNanos(end.nanoTime() - stopped)).isLessThan(HELD_LIMIT.multipliedBy(3));
		}
	}

	@ParameterizedTest
	@EnumSource
	void aFrozenPeerThatOwesNothingIsNotHeld(Transport transport) throws Exception {
		try (TestServer server = server(transport);
				AnsweringClient client = AnsweringClient.start(server.port(), "/echo")) {
			RecordingListener events = server.bean(RecordingListener.class);
			await().atMost(PATIENCE)
				.until(() -> server.connections()
					.stream()
					.anyMatch((connection) -> connection.getPongsReceived() >= 2));
			client.stop();
			await().atMost(PATIENCE).until(() -> !events.closed().isEmpty());
			RecordingListener.Closed end = events.closed().get(0);
			assertThat(end.cause()).isEqualTo(CloseCause.PING_TIMEOUT);
			assertThat(events.held()).extracting(RecordingListener.Held::reason).doesNotContain(HoldReason.SLOW_PEER);
		}
	}

	private static long holds(RecordingListener events) {
		return events.held().stream().filter((held) -> held.reason() == HoldReason.SLOW_PEER).count();
	}

	private static TestServer server(Transport transport) {
		return TestServer.on(transport)
			.heartbeat("500ms", "500ms")
			.property("websocket-keepalive.heartbeat.held-limit", HELD_LIMIT.toMillis() + "ms")
			.property("websocket-keepalive.echo.path", "/echo")
			.start(RecordingListener.class, Flood.class, SmallSendBuffer.class);
	}

	/**
	 * Sends 4 MB at once.
	 */
	@WebSocketMapping("/flood")
	static class Flood implements WebSocketHandler {

		private static final int MESSAGES = 64;

		private static final byte[] PAYLOAD = new byte[60 * 1024];

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			Flux<WebSocketMessage> flood = Flux.range(0, MESSAGES)
				.map((i) -> session.binaryMessage((buffers) -> buffers.wrap(PAYLOAD)));
			return session.send(flood).and(session.receive());
		}

	}

	/**
	 * Keeps most of the output in the process, where it is seen how it shrinks.
	 */
	@Configuration(proxyBeanMethods = false)
	static class SmallSendBuffer {

		@Bean
		NettyServerCustomizer smallSendBuffer() {
			return (server) -> server.childOption(ChannelOption.SO_SNDBUF, 8192);
		}

	}

}
