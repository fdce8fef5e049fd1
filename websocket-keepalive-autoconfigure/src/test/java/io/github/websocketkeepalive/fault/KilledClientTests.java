package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(LeakDetection.class)
class KilledClientTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final Duration SWEEP = TIMEOUT.dividedBy(4);

	private static final Duration BUDGET = TIMEOUT.multipliedBy(2).plus(SWEEP.multipliedBy(2));

	private static final Duration BUSY_MACHINE = Duration.ofSeconds(3);

	private static final int MORE_THAN_IS_LOOKED_AHEAD = 200 * 1024;

	@ParameterizedTest
	@EnumSource
	void aClientThatIsKilledWhileItsDataIsUnreadEndsInTimeWhileOthersLive(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport).heartbeat("1s", "1s").start(Application.class);
				LiveClients live = LiveClients.connect(5, server.uri("/never/live"))) {
			live.sendText("unread");
			Duration all = end(server, "/never/all-looked-ahead", 1024, CloseCause.RESET);
			Duration some = end(server, "/never/some-in-the-kernel", MORE_THAN_IS_LOOKED_AHEAD, CloseCause.RESET,
					CloseCause.TRANSPORT_DEAD);
			assertThat(all).isLessThan(BUDGET.plus(BUSY_MACHINE));
			assertThat(some).isLessThan(BUDGET.plus(BUSY_MACHINE));
			Survivors.assertAnswerOn(server, "/never/live", 5);
			assertThat(live.open()).isEqualTo(5);
		}
	}

	private static Duration end(TestServer server, String path, int unread, CloseCause... causes) throws IOException {
		RecordingListener events = server.bean(RecordingListener.class);
		long killed;
		try (RawClient client = RawClient.connect(server.port(), path)) {
			for (int sent = 0; sent < unread; sent += 1024) {
				client.sendBinary(new byte[1024]);
			}
			await().atMost(PATIENCE)
				.until(() -> Survivors.at(server, path)
					.stream()
					.anyMatch((connection) -> connection.getBytesReceived() >= Math.min(unread, 48 * 1024)));
			client.reset();
			killed = System.nanoTime();
		}
		await().atMost(PATIENCE).until(() -> !events.closed(path).isEmpty());
		RecordingListener.Closed end = events.closed(path).get(0);
		assertThat(end.cause()).isIn((Object[]) causes);
		assertThat(Survivors.at(server, path)).isEmpty();
		return Duration.ofNanos(end.nanoTime() - killed);
	}

	@Import({ RecordingListener.class, NeverReading.class })
	static class Application {

	}

	@WebSocketMapping("/never/**")
	static class NeverReading implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return Mono.never();
		}

	}

}
