package io.github.websocketkeepalive.contract;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.websocketkeepalive.test.Nginx;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.ReturningClients;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Two instances behind a real nginx, of which one is restarted while clients talk.
 */
@Tag("load")
class RollingRestartTests {

	private static final int CLIENTS = 600;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration WINDOW = Duration.ofSeconds(8);

	@Test
	void everybodyComesBackAndNobodyAtOnce(@TempDir Path directory) throws Exception {
		assumeThat(Nginx.isInstalled()).as("nginx is installed").isTrue();
		TestServer restarted = start(0);
		int port = restarted.port();
		try (TestServer survivor = start(0);
				Nginx nginx = Nginx.start(directory, port, survivor.port());
				ReturningClients clients = new ReturningClients(CLIENTS, nginx.uri("/ws/echo"))) {
			await().atMost(PATIENCE)
				.until(() -> restarted.connections().count() + survivor.connections().count() == CLIENTS);
			long returning = restarted.connections().count();
			assertThat(returning).isGreaterThan(CLIENTS / 4);
			Instant drained = Instant.now();
			restarted.close();
			try (TestServer anew = start(port)) {
				await().atMost(PATIENCE).until(() -> clients.returned() + clients.failures().size() >= returning);
				assertThat(clients.failures()).isEmpty();
				assertThat(clients.open()).isEqualTo(CLIENTS);
				assertThat(anew.connections().count() + survivor.connections().count()).isEqualTo(CLIENTS);
				double uniform = (double) returning / WINDOW.toSeconds();
				long busiest = handshakesInTheBusiestSecond(survivor, drained);
				System.out.printf("%d came back: %.1f a second if uniform, %d in the busiest second%n", returning,
						uniform, busiest);
				assertThat(busiest).isLessThan((long) (2 * uniform));
			}
		}
	}

	private static long handshakesInTheBusiestSecond(TestServer server, Instant since) {
		Map<Long, Long> seconds = server.bean(RecordingListener.class)
			.opened()
			.stream()
			.filter((connection) -> connection.getOpenedAt().isAfter(since))
			.collect(Collectors.groupingBy((connection) -> connection.getOpenedAt().getEpochSecond(),
					Collectors.counting()));
		return Collections.max(seconds.values());
	}

	private static TestServer start(int port) {
		return TestServer.on(Transport.EPOLL)
			.property("server.port", port)
			.property("server.shutdown", "graceful")
			.drain(Duration.ofSeconds(2), WINDOW)
			.start(DrainedServer.Application.class);
	}

}
