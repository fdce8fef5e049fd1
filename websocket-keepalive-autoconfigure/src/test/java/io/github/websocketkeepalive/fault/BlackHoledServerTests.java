package io.github.websocketkeepalive.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.ReconnectingWebSocket;
import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * A server whose packets are dropped on the way, as its clients see it.
 */
@Tag("slow")
class BlackHoledServerTests {

	private static final Logger logger = LoggerFactory.getLogger(BlackHoledServerTests.class);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final Duration SWEEP = Duration.ofMillis(250);

	private static final Duration BUSY_MACHINE = Duration.ofSeconds(2);

	@BeforeAll
	static void packetsCanBeDropped() {
		String reason = NetworkNamespace.unavailable();
		if (reason != null) {
			logger.warn("SKIPPED {}: no network namespace: {}", BlackHoledServerTests.class.getSimpleName(), reason);
		}
		assumeThat(reason).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void aClientNoticesInTimeAndIsBackWhenThePacketsAre(Transport transport) throws Exception {
		List<ConnectionState> states = new CopyOnWriteArrayList<>();
		try (TestServer application = TestServer.on(transport)
			.heartbeat("1s", "1s")
			.property("websocket-keepalive.client.handshake-timeout", "5s")
			.property("websocket-keepalive.client.backoff.max", "1s")
			.start(RecordingListener.class); NetworkNamespace network = NetworkNamespace.create()) {
			URI uri = URI.create("ws://" + network.address(1) + ":" + serve(network, transport) + "/echo");
			ReconnectingWebSocket socket = application.bean(KeepaliveWebSocketClient.Builder.class)
				.build()
				.connect(Mono.just(new HandshakeRequest(uri)), (session) -> session.receive().then());
			socket.states().subscribe(states::add);
			Disposable run = socket.run().subscribe();
			awaitPongs(application);
			RecordingListener events = application.bean(RecordingListener.class);
			int before = events.closed().size();
			states.clear();
			long start = System.nanoTime();
			network.blackHole(network.address(1));
			await().atMost(PATIENCE).until(() -> failures(states).contains("handshake-timeout"));
			assertThat(events.closed()).hasSize(before + 1).last().satisfies((end) -> {
				assertThat(end.cause()).isIn(CloseCause.PING_TIMEOUT, CloseCause.TRANSPORT_DEAD);
				assertThat(Duration.ofNanos(end.nanoTime() - start))
					.isLessThan(INTERVAL.plus(TIMEOUT).plus(SWEEP.multipliedBy(2)).plus(BUSY_MACHINE));
			});
			assertThat(failures(states)).first().isIn("ping-timeout", "transport-dead");
			network.restore(network.address(1));
			awaitPongs(application);
			run.dispose();
		}
	}

	private static void awaitPongs(TestServer application) {
		await().atMost(PATIENCE)
			.until(() -> application.connections().stream().anyMatch((open) -> open.getPongsReceived() > 0));
	}

	private static List<String> failures(List<ConnectionState> states) {
		return states.stream()
			.filter(ConnectionState.Waiting.class::isInstance)
			.map((state) -> ((ConnectionState.Waiting) state).reason().cause())
			.toList();
	}

	private static int serve(NetworkNamespace network, Transport transport) throws IOException {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		Process server = network.start(java, "-Xmx128m", "-Djava.net.preferIPv4Stack=true", "-cp",
				System.getProperty("java.class.path"), ForkedServer.class.getName(), transport.name(),
				RecordingListener.class.getName(), "websocket-keepalive.echo.path=/echo", "logging.level.root=warn");
		BufferedReader lines = server.inputReader();
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			if (line.startsWith("port: ")) {
				return Integer.parseInt(line.substring("port: ".length()));
			}
		}
		throw new IOException("the server did not start");
	}

}
