package io.github.websocketkeepalive.fault;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.test.TestServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tells whether connections have survived a fault: being in the registry is not enough,
 * they must answer pings that were sent after it.
 */
final class Survivors {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private Survivors() {
	}

	static void assertAnswerOn(TestServer server, String path, int count) {
		List<WebSocketConnection> connections = at(server, path);
		assertThat(connections).hasSize(count);
		Map<String, Long> pongs = connections.stream()
			.collect(Collectors.toMap(WebSocketConnection::getId, WebSocketConnection::getPongsReceived));
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(at(server, path)).hasSize(count)
				.allMatch((connection) -> connection.getPongsReceived() >= pongs.get(connection.getId()) + 2));
	}

	static List<WebSocketConnection> at(TestServer server, String path) {
		return server.connections().stream().filter((connection) -> connection.getPath().equals(path)).toList();
	}

}
