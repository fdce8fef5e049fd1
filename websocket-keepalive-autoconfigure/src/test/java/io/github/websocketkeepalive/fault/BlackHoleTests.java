package io.github.websocketkeepalive.fault;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Peers whose packets are dropped on the way: neither an answer nor a reset ever comes
 * back.
 */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class BlackHoleTests {

	private static final Logger logger = LoggerFactory.getLogger(BlackHoleTests.class);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final Duration SWEEP = Duration.ofMillis(250);

	private static final Duration BUSY_MACHINE = Duration.ofSeconds(2);

	private static final int HALF = 1000;

	private static final int LOOPS = 2;

	@BeforeAll
	static void packetsCanBeDropped() {
		String reason = NetworkNamespace.unavailable();
		if (reason != null) {
			logger.warn("SKIPPED {}: no network namespace: {}", BlackHoleTests.class.getSimpleName(), reason);
		}
		assumeThat(reason).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void exactlyThoseDieWhosePacketsAreDropped(Transport transport) throws Exception {
		try (TestServer server = server(transport); NetworkNamespace network = NetworkNamespace.create()) {
			RecordingListener events = server.bean(RecordingListener.class);
			connect(server, network);
			long start = System.nanoTime();
			network.blackHole(network.address(2));
			await().atMost(PATIENCE).until(() -> events.closed().size() >= HALF);
			Duration latest = INTERVAL.plus(TIMEOUT).plus(SWEEP.multipliedBy(2)).plus(BUSY_MACHINE);
			assertThat(events.closed()).allSatisfy((end) -> {
				assertThat(addressOf(end.connection())).isEqualTo(network.address(2));
				assertThat(end.cause()).isIn(CloseCause.PING_TIMEOUT, CloseCause.TRANSPORT_DEAD);
				assertThat(Duration.ofNanos(end.nanoTime() - start)).isLessThan(latest);
			});
			theOthersGoOnAnswering(server, network.address(1));
			assertThat(events.closed()).hasSize(HALF);
		}
	}

	@ParameterizedTest
	@EnumSource
	void allAreGrantedOneMoreIntervalAndDieIfAllFellSilent(Transport transport, CapturedOutput output)
			throws Exception {
		try (TestServer server = server(transport); NetworkNamespace network = NetworkNamespace.create()) {
			RecordingListener events = server.bean(RecordingListener.class);
			connect(server, network);
			long start = System.nanoTime();
			network.blackHole(network.address(1));
			network.blackHole(network.address(2));
			await().atMost(PATIENCE)
				.until(() -> server.connections().count() == 0 && events.closed().size() >= 2 * HALF);
			assertThat(events.held()).extracting(RecordingListener.Held::connection).containsAll(events.opened());
			assertThat(events.held()).extracting(RecordingListener.Held::reason).contains(HoldReason.MASS_SUSPICION);
			assertThat(events.closed()).hasSize(2 * HALF).allSatisfy((end) -> {
				assertThat(end.cause()).isIn(CloseCause.PING_TIMEOUT, CloseCause.TRANSPORT_DEAD);
				assertThat(Duration.ofNanos(end.nanoTime() - start)).isGreaterThan(TIMEOUT.plus(INTERVAL.dividedBy(2)));
			});
			assertThat(output.toString().split("fell silent at once", -1)).hasSizeBetween(2, LOOPS + 1);
		}
	}

	private static TestServer server(Transport transport) {
		return TestServer.on(transport)
			.workers(LOOPS)
			.heartbeat("1s", "1s")
			.property("websocket-keepalive.echo.path", "/echo")
			.property("websocket-keepalive.logging.lifecycle-level", "off")
			.start(RecordingListener.class);
	}

	private static void connect(TestServer server, NetworkNamespace network) throws Exception {
		RemoteClients.start(network, server.port(), "/echo", HALF, network.address(1), network.address(2));
		await().atMost(PATIENCE).until(() -> everyoneHasAnswered(server, 2));
		assertThat(server.connections().count()).isEqualTo(2 * HALF);
	}

	private static void theOthersGoOnAnswering(TestServer server, String address) {
		List<WebSocketConnection> others = server.connections().stream().toList();
		assertThat(others).hasSize(HALF)
			.extracting(BlackHoleTests::addressOf)
			.allMatch((remote) -> remote.equals(address));
		long pongs = others.stream().mapToLong(WebSocketConnection::getPongsReceived).max().orElseThrow();
		await().atMost(PATIENCE).until(() -> everyoneHasAnswered(server, pongs + 1));
		assertThat(server.connections().count()).isEqualTo(HALF);
	}

	private static boolean everyoneHasAnswered(TestServer server, long pongs) {
		return server.connections().stream().allMatch((connection) -> connection.getPongsReceived() >= pongs);
	}

	private static String addressOf(WebSocketConnection connection) {
		return ((InetSocketAddress) connection.getRemoteAddress()).getAddress().getHostAddress();
	}

}
