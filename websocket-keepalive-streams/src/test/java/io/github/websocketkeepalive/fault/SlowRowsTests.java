package io.github.websocketkeepalive.fault;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamRequest;
import io.github.websocketkeepalive.stream.client.StreamClient;
import io.github.websocketkeepalive.stream.client.StreamSubscription;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Consumers that take a millisecond for each row.
 */
@Tag("slow")
@ExtendWith(LeakDetection.class)
class SlowRowsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final int ROWS = 5000;

	private static final int BATCH = 100;

	private static final int WINDOW = 4;

	@ParameterizedTest
	@EnumSource
	void theSourceWaitsForASlowConsumerWhoseConnectionLives(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport)
			.heartbeat("200ms", "500ms")
			.property("websocket-keepalive.stream.batch-size", BATCH)
			.property("websocket-keepalive.stream.window", WINDOW)
			.start(Application.class)) {
			RecordingListener events = server.bean(RecordingListener.class);
			Numbers numbers = server.bean(Numbers.class);
			StreamClient client = server.bean(StreamClient.Builder.class)
				.uri(server.uri("/rows"))
				.scheduler(Schedulers.boundedElastic())
				.build();
			CompletableFuture<?> blocking = client.rows(subscription("blocking")).doOnNext((number) -> {
				LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
				numbers.blocking.processed.incrementAndGet();
			}).then().toFuture();
			CompletableFuture<?> waiting = client
				.consume(subscription("waiting"),
						(number) -> Mono.delay(Duration.ofMillis(1))
							.doOnNext((tick) -> numbers.waiting.processed.incrementAndGet())
							.then())
				.toFuture();
			assertThat(client.rows(subscription("fast")).count().block(PATIENCE)).isEqualTo(ROWS);
			assertThat(blocking).isNotDone();
			assertThat(waiting).isNotDone();
			CompletableFuture.allOf(blocking, waiting).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
			assertThat(numbers.blocking.processed).hasValue(ROWS);
			assertThat(numbers.waiting.processed).hasValue(ROWS);
			assertThat(numbers.blocking.farthest.get()).isBetween(BATCH, WINDOW * BATCH);
			assertThat(numbers.waiting.farthest.get()).isBetween(BATCH, WINDOW * BATCH);
			assertThat(events.closed()).isEmpty();
			assertThat(events.opened()).hasSize(2)
				.allSatisfy((connection) -> assertThat(connection.getPongsReceived()).isGreaterThan(10));
		}
	}

	private static StreamSubscription<Integer> subscription(String consumer) {
		return StreamSubscription.of("numbers", Integer.class).withParameters(Map.of("consumer", consumer));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(RecordingListener.class)
	static class Application {

		@Bean
		Numbers numbers() {
			return new Numbers();
		}

		@Bean
		@WebSocketMapping("/rows")
		WebSocketHandler rows(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

	}

	/**
	 * Numbers, and how far ahead of its consumer each stream of them was at most.
	 */
	static final class Numbers implements ReplayableSource<Integer> {

		private final Lead blocking = new Lead();

		private final Lead waiting = new Lead();

		@Override
		public Flux<Integer> open(StreamRequest request, long offset) {
			Flux<Integer> numbers = Flux.range((int) offset, (int) (ROWS - offset));
			return switch ((String) request.parameters().get("consumer")) {
				case "blocking" -> numbers.doOnNext(this.blocking::emitted);
				case "waiting" -> numbers.doOnNext(this.waiting::emitted);
				default -> numbers;
			};
		}

	}

	private static final class Lead {

		private final AtomicInteger processed = new AtomicInteger();

		private final AtomicInteger farthest = new AtomicInteger();

		void emitted(int number) {
			this.farthest.accumulateAndGet(number + 1 - this.processed.get(), Math::max);
		}

	}

}
