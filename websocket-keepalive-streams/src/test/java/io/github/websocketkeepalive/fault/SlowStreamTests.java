package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A consumer that takes a millisecond for each row.
 */
@ExtendWith(LeakDetection.class)
@Tag("slow")
class SlowStreamTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int ROWS = 2500;

	private static final int BATCH_SIZE = 50;

	private static final int WINDOW = 4;

	private static final int RECEIVE_BUFFER = 16 * 1024;

	@ParameterizedTest
	@EnumSource
	void whoTakesRowsSlowlyGetsThemAllWhileWhoTakesNoneIsClosed(Transport transport) throws IOException {
		try (TestServer server = start(transport);
				StreamPeer slow = connect(server, "slow");
				StreamPeer frozen = connect(server, "frozen")) {
			RecordingListener events = server.bean(RecordingListener.class);
			frozen.open("s1", "rows");
			slow.open("s1", "rows");
			slow.read("opened");
			long processed = 0;
			while (processed < ROWS) {
				JsonNode batch = slow.read("batch");
				assertThat(batch.get("offset").asLong()).isEqualTo(processed);
				for (int row = 0; row < batch.get("items").size(); row++) {
					LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
				}
				assertThat(Rows.emitted.get()).isLessThanOrEqualTo(processed + WINDOW * BATCH_SIZE);
				processed += batch.get("items").size();
				slow.ack(batch);
			}
			slow.read("end");
			await().atMost(PATIENCE).until(() -> {
				slow.ping();
				return !events.closed("/ws/frozen").isEmpty();
			});
			assertThat(events.closed("/ws/frozen").get(0).cause()).isIn(CloseCause.PING_TIMEOUT,
					CloseCause.TRANSPORT_DEAD, CloseCause.SLOW_CONSUMER);
			slow.ping();
			assertThat(events.closed("/ws/slow")).isEmpty();
		}
	}

	private static StreamPeer connect(TestServer server, String endpoint) throws IOException {
		return new StreamPeer(RawClient.connect(server.port(), "/ws/" + endpoint, RECEIVE_BUFFER));
	}

	private static TestServer start(Transport transport) {
		return TestServer.on(transport)
			.heartbeat("1s", "1s")
			.property("websocket-keepalive.heartbeat.held-limit", "2s")
			.property("websocket-keepalive.stream.batch-size", BATCH_SIZE)
			.property("websocket-keepalive.stream.window", WINDOW)
			.property("websocket-keepalive.guard.max-pending-output", "32KB")
			.property("websocket-keepalive.guard.slow-consumer-timeout", "5s")
			.start(RecordingListener.class, Rows.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Rows {

		private static final String ROW = "x".repeat(2048);

		private static AtomicLong emitted = new AtomicLong();

		@Bean
		@WebSocketMapping("/ws/slow")
		WebSocketHandler slow(StreamWebSocketHandler.Builder streams) {
			emitted.set(0);
			return streams
				.source("rows", (request,
						offset) -> Flux.range(0, ROWS).map((row) -> ROW).doOnNext((row) -> emitted.incrementAndGet()))
				.build();
		}

		@Bean
		@WebSocketMapping("/ws/frozen")
		WebSocketHandler frozen(StreamWebSocketHandler.Builder streams) {
			ReplayableSource<String> rows = (request, offset) -> Flux.range(0, ROWS).map((row) -> ROW);
			return streams.source("rows", rows).build();
		}

		@Bean
		NettyServerCustomizer smallSendBuffer() {
			return (server) -> server.childOption(ChannelOption.SO_SNDBUF, 8192);
		}

	}

}
