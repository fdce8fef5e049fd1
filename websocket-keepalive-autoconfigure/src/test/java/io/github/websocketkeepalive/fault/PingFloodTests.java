package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.internal.PlatformDependent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A peer that sends pings without end and never reads a pong.
 */
@Tag("load")
class PingFloodTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int PINGS = 400_000;

	private static final int PINGS_AT_ONCE = 500;

	private static final int PING_LENGTH = 125;

	private static final int FRAME_LENGTH = PING_LENGTH + 6;

	private static final int MEGABYTE = 1024 * 1024;

	private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

	// Its records are memory as well, and take their time.
	@BeforeEach
	void detectNoLeaks() {
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
	}

	@AfterEach
	void detectLeaksAgain() {
		ResourceLeakDetector.setLevel(this.level);
	}

	@ParameterizedTest
	@EnumSource
	void whoFloodsIsClosedAndItsNeighbourGoesOn(Transport transport) throws IOException {
		try (TestServer server = start(transport, 100, 200);
				RawClient neighbour = RawClient.connect(server.port(), "/echo/neighbour");
				RawClient client = RawClient.connect(server.port(), "/echo/flood")) {
			RecordingListener events = server.bean(RecordingListener.class);
			for (int i = 0; i < 250; i++) {
				client.send(ping(i));
			}
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1008);
			await().atMost(PATIENCE).until(() -> !events.closed("/echo/flood").isEmpty());
			RecordingListener.Closed end = events.closed("/echo/flood").get(0);
			assertThat(end.cause()).isEqualTo(CloseCause.CONTROL_FLOOD);
			assertThat(end.code()).isEqualTo(1008);
			neighbour.sendText("still there?");
			assertThat(neighbour.read(RawClient.TEXT).text()).isEqualTo("still there?");
		}
	}

	@ParameterizedTest
	@EnumSource
	void memoryDoesNotGrowAndTheLatestPingIsAnsweredInTheEnd(Transport transport) throws IOException {
		try (TestServer server = start(transport, PINGS, 2 * PINGS);
				RawClient neighbour = RawClient.connect(server.port(), "/echo/neighbour");
				RawClient client = RawClient.connect(server.port(), "/echo/flood", 16 * 1024)) {
			await().atMost(PATIENCE).until(() -> Survivors.at(server, "/echo/flood").size() == 1);
			WebSocketConnection connection = Survivors.at(server, "/echo/flood").get(0);
			flood(client, 0, PINGS / 10);
			awaitPings(connection, PINGS / 10);
			long before = memory();
			flood(client, PINGS / 10, PINGS);
			awaitPings(connection, PINGS);
			assertThat(connection.getPendingBytes()).isBetween(1L, 128L * 1024);
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(memory() - before).isLessThan(MEGABYTE));
			neighbour.sendText("still there?");
			assertThat(neighbour.read(RawClient.TEXT).text()).isEqualTo("still there?");
			int last = number(client.read(RawClient.PONG));
			while (last != PINGS - 1) {
				int next = number(client.read(RawClient.PONG));
				assertThat(next).isGreaterThan(last);
				last = next;
			}
		}
	}

	private static void awaitPings(WebSocketConnection connection, long pings) {
		await().atMost(PATIENCE).until(() -> connection.getBytesReceived() >= pings * FRAME_LENGTH);
	}

	private static void flood(RawClient client, int from, int to) throws IOException {
		ByteBuffer pings = ByteBuffer.allocate(PINGS_AT_ONCE * FRAME_LENGTH);
		for (int i = from; i < to; i++) {
			pings.put(ping(i));
			if (!pings.hasRemaining()) {
				client.send(pings.array());
				pings.clear();
			}
		}
	}

	private static byte[] ping(int number) {
		return RawClient.frame(true, RawClient.PING, ByteBuffer.allocate(PING_LENGTH).putInt(number).array());
	}

	private static int number(RawClient.Frame pong) {
		return ByteBuffer.wrap(pong.payload()).getInt();
	}

	private static long memory() {
		System.gc();
		long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
		return direct + Math.max(PlatformDependent.usedDirectMemory(), 0)
				+ ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	private static TestServer start(Transport transport, int perSecond, int burst) {
		return TestServer.on(transport)
			.heartbeat("1h", "1h")
			.property("websocket-keepalive.guard.control-frames-per-second", perSecond)
			.property("websocket-keepalive.guard.control-frame-burst", burst)
			.property("websocket-keepalive.echo.path", "/echo/**")
			.start(RecordingListener.class);
	}

}
