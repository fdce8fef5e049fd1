package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams of a server that shuts down.
 */
@ExtendWith(LeakDetection.class)
class StreamDrainTests {

	private static final int ROWS = 100_000;

	@ParameterizedTest
	@EnumSource
	void aClientThatIsSentAwayContinuesOnAnotherInstance(Transport transport) throws Exception {
		TestServer leaving = start(transport);
		Thread shutdown = new Thread(leaving::close, "shutdown");
		try (TestServer staying = start(transport);
				StreamPeer peer = StreamPeer.connect(leaving.port(), "/ws/streams")) {
			peer.open("s1", "rows");
			long next = readUntilClosed(peer, 0, shutdown);
			assertThat(next).isBetween(1000L, (long) ROWS);
			shutdown.join();
			try (StreamPeer again = StreamPeer.connect(staying.port(), "/ws/streams")) {
				again.open("s1", "rows", "0", next);
				assertThat(again.read("opened").get("recovered").asBoolean()).isTrue();
				for (int batch = 0; batch < 10; batch++) {
					next = process(again, next);
				}
			}
		}
		finally {
			shutdown.join();
		}
	}

	private static long readUntilClosed(StreamPeer peer, long first, Thread shutdown) throws IOException {
		long next = first;
		peer.read("opened");
		try {
			while (true) {
				next = process(peer, next);
				if (next >= 1000 && shutdown.getState() == Thread.State.NEW) {
					shutdown.start();
				}
			}
		}
		catch (StreamPeer.ClosedException ex) {
			assertThat(ex.frame().closeCode()).isEqualTo(1012);
			assertThat(ex.frame().closeReason()).startsWith("reconnect-after=");
			peer.raw().send(RawClient.frame(true, RawClient.CLOSE, ex.frame().payload()));
			assertThat(peer.raw().isClosedByServer()).isTrue();
			return next;
		}
	}

	private static long process(StreamPeer peer, long next) throws IOException {
		JsonNode batch = peer.read("batch");
		assertThat(batch.get("offset").asLong()).isEqualTo(next);
		for (JsonNode row : batch.get("items")) {
			assertThat(row.get("row").asLong()).isEqualTo(next++);
		}
		peer.ack(batch);
		return next;
	}

	private static TestServer start(Transport transport) {
		return TestServer.on(transport)
			.drain(Duration.ZERO, Duration.ofMillis(200))
			.property("websocket-keepalive.stream.batch-size", 200)
			.start(Rows.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Rows {

		private static final String FILLER = "x".repeat(1000);

		@Bean
		@WebSocketMapping("/ws/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		ReplayableSource<Row> rows() {
			return (request, offset) -> Flux.range((int) offset, (int) (ROWS - offset))
				.map((row) -> new Row(row, FILLER));
		}

	}

	record Row(int row, String filler) {
	}

}
