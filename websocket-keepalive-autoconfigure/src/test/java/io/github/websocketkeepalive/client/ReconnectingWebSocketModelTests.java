package io.github.websocketkeepalive.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A thousand clients whose server is killed as a process.
 */
@Tag("slow")
class ReconnectingWebSocketModelTests {

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	private static final int CLIENTS = 1000;

	private static final double FLOOR = 100;

	private static final double WIDTH = 400;

	@ParameterizedTest
	@EnumSource
	void aThousandClientsThatLoseTheirServerAtOnceComeBackSpreadOut(Transport transport) throws Exception {
		List<Disposable> runs = new ArrayList<>();
		List<ConnectionState.Waiting> first = new CopyOnWriteArrayList<>();
		try (TestServer application = TestServer.on(transport)
			.property("websocket-keepalive.logging.lifecycle-level", "off")
			.start(RecordingListener.class);
				ForkedServer server = ForkedServer.start(transport, List.of("-Xmx256m"), RecordingListener.class,
						"websocket-keepalive.echo.path=/echo", "websocket-keepalive.logging.lifecycle-level=off")) {
			URI uri = server.uri("/echo");
			for (int i = 0; i < CLIENTS; i++) {
				ReconnectingWebSocket socket = application.bean(KeepaliveWebSocketClient.Builder.class)
					.random(new SplittableRandom(i)::nextDouble)
					.build()
					.connect(Mono.just(new HandshakeRequest(uri)), (session) -> session.receive().then());
				socket.states().ofType(ConnectionState.Waiting.class).take(1).subscribe(first::add);
				runs.add(socket.run().subscribe());
			}
			awaitConnected(application, CLIENTS);
			assertThat(first).isEmpty();
			int port = server.port();
			server.close();
			await().atMost(PATIENCE).until(() -> first.size() == CLIENTS);
			double[] delays = first.stream()
				.mapToDouble((waiting) -> waiting.delay().toNanos() / 1e6)
				.sorted()
				.toArray();
			assertThat(distanceFromUniform(delays)).isLessThan(1.358 / Math.sqrt(CLIENTS));
			assertThat(peak(delays, 10)).isLessThanOrEqualTo(1.3);
			try (ScriptedServer replacement = ScriptedServer.start(port, (peer, number) -> peer.open().answerPings())) {
				awaitConnected(application, CLIENTS);
				runs.forEach(Disposable::dispose);
				awaitConnected(application, 0);
				assertThat(replacement.connections()).isGreaterThanOrEqualTo(CLIENTS);
			}
		}
	}

	private static void awaitConnected(TestServer application, int count) {
		await().atMost(PATIENCE).until(() -> application.connections().count() == count);
	}

	/**
	 * Return the statistic of Kolmogorov and Smirnov.
	 */
	private static double distanceFromUniform(double[] delays) {
		return IntStream.range(0, CLIENTS)
			.mapToDouble((i) -> Math.abs((delays[i] - FLOOR) / WIDTH - (i + 0.5) / CLIENTS) + 0.5 / CLIENTS)
			.max()
			.orElseThrow();
	}

	private static double peak(double[] delays, int bins) {
		int[] counts = new int[bins];
		for (double delay : delays) {
			counts[(int) ((delay - FLOOR) / WIDTH * bins)]++;
		}
		return IntStream.of(counts).max().orElseThrow() * (double) bins / CLIENTS;
	}

}
