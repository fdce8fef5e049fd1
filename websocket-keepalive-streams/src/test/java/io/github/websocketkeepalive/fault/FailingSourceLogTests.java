package io.github.websocketkeepalive.fault;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.peer.LogLimiter;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a source that fails at every open writes into the log.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailingSourceLogTests {

	private static final int OFTEN = 50;

	@Test
	void aSourceThatFailsAtEveryOpenIsLoggedWithinTheLimit(CapturedOutput output) throws IOException {
		long start = System.nanoTime();
		try (TestServer server = TestServer.on(Transport.NIO)
			.property("websocket-keepalive.stream.max-streams", OFTEN)
			.start(Application.class); StreamPeer peer = StreamPeer.connect(server.port(), "/ws/streams")) {
			for (int i = 0; i < OFTEN; i++) {
				peer.open("stream " + i, "failing");
				peer.read("error");
			}
		}
		long intervals = 1 + (System.nanoTime() - start) / LogLimiter.INTERVAL.toNanos();
		assertThat(output.toString().lines().filter((line) -> line.contains("Source 'failing'")).count()).isBetween(1L,
				intervals);
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/ws/streams")
		StreamWebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.source("failing", (request, offset) -> Flux.error(new IllegalStateException("deliberate")))
				.build();
		}

	}

}
