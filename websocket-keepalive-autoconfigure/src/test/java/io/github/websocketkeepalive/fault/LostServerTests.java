package io.github.websocketkeepalive.fault;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.ReconnectingWebSocket;
import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Servers that are stopped and killed as processes, and those who were connected.
 */
@Tag("load")
class LostServerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int CLIENTS = 100;

	@ParameterizedTest
	@EnumSource
	void clientsNoticeThatTheirServerIsStoppedComeBackAndFindTheOneThatReplacesAKilledOne(Transport transport)
			throws Exception {
		List<Disposable> runs = new ArrayList<>();
		List<Duration> delays = new CopyOnWriteArrayList<>();
		try (TestServer application = TestServer.on(transport).heartbeat("1s", "1s").start(RecordingListener.class);
				ForkedServer server = ForkedServer.start(transport, List.of("-Xmx128m"), RecordingListener.class,
						"websocket-keepalive.echo.path=/echo")) {
			URI uri = server.uri("/echo");
			for (int i = 0; i < CLIENTS; i++) {
				ReconnectingWebSocket socket = client(application).connect(Mono.just(new HandshakeRequest(uri)),
						(session) -> session.receive().then());
				socket.states()
					.ofType(ConnectionState.Waiting.class)
					.take(1)
					.subscribe((waiting) -> delays.add(waiting.delay()));
				runs.add(socket.run().subscribe());
			}
			awaitConnected(application);
			server.pause();
			await().atMost(PATIENCE).until(() -> delays.size() == CLIENTS);
			assertThat(application.bean(RecordingListener.class).closed()).extracting(RecordingListener.Closed::cause)
				.containsOnly(CloseCause.PING_TIMEOUT);
			assertThat(delays)
				.allSatisfy((delay) -> assertThat(delay).isBetween(Duration.ofMillis(100), Duration.ofMillis(500)));
			assertThat(delays).doesNotHaveDuplicates();
			server.resume();
			awaitConnected(application);
			int port = server.port();
			server.close();
			await().atMost(PATIENCE).until(() -> application.connections().count() == 0);
			try (ScriptedServer replacement = ScriptedServer.start(port, (peer, number) -> peer.open().answerPings())) {
				awaitConnected(application);
				runs.forEach(Disposable::dispose);
				await().atMost(PATIENCE).until(() -> application.connections().count() == 0);
				assertThat(replacement.connections()).isGreaterThanOrEqualTo(CLIENTS);
			}
		}
	}

	private static void awaitConnected(TestServer application) {
		await().atMost(PATIENCE).until(() -> application.connections().count() == CLIENTS);
	}

	private static KeepaliveWebSocketClient client(TestServer application) {
		return application.bean(KeepaliveWebSocketClient.Builder.class)
			.backoff(new BackoffPolicy(Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(30)))
			.build();
	}

}
