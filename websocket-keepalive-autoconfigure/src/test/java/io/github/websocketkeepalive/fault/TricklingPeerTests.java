package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.SelfSignedKeyStore;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Peers that send a large frame byte by byte and leave pings unanswered meanwhile.
 */
@Tag("slow")
@ExtendWith(LeakDetection.class)
class TricklingPeerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final byte[] PAYLOAD = new byte[60_000];

	private static final byte[] FRAME = RawClient.frame(true, RawClient.BINARY, PAYLOAD);

	private static final int BEGINNING = 100;

	@TempDir
	private static Path directory;

	static Stream<Arguments> peers() {
		return Stream.of(Transport.values())
			.flatMap((transport) -> Stream.of(false, true).map((tls) -> Arguments.of(transport, tls)));
	}

	@ParameterizedTest(name = "{0}, TLS: {1}")
	@MethodSource("peers")
	void oneByteInsideAFrameIsASignOfLifeAndSilenceIsNone(Transport transport, boolean tls) throws Exception {
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
		try (TestServer server = start(transport, tls);
				RawClient trickling = connect(server, tls, "/echo/trickling");
				RawClient silent = connect(server, tls, "/echo/silent")) {
			RecordingListener events = server.bean(RecordingListener.class);
			AtomicInteger sent = new AtomicInteger(BEGINNING);
			silent.send(Arrays.copyOf(FRAME, BEGINNING));
			trickling.send(Arrays.copyOf(FRAME, BEGINNING));
			timer.scheduleWithFixedDelay(() -> sendByte(trickling, sent), 20, 20, TimeUnit.MILLISECONDS);
			await().atMost(PATIENCE).until(() -> !events.closed("/echo/silent").isEmpty());
			assertThat(events.closed("/echo/silent").get(0).cause()).isEqualTo(CloseCause.PING_TIMEOUT);
			WebSocketConnection alive = server.connections().stream().findFirst().orElseThrow();
			await().atMost(PATIENCE).until(() -> alive.getPingsSent() >= 5);
			timer.shutdown();
			assertThat(timer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
			trickling.send(Arrays.copyOfRange(FRAME, sent.get(), FRAME.length));
			assertThat(trickling.read(RawClient.BINARY).payload()).isEqualTo(PAYLOAD);
			assertThat(alive.getPongsReceived()).isZero();
			assertThat(alive.getBytesReceived()).isGreaterThan(FRAME.length);
			assertThat(events.closed()).hasSize(1);
		}
		finally {
			timer.shutdownNow();
		}
	}

	private static void sendByte(RawClient client, AtomicInteger sent) {
		try {
			int at = sent.getAndIncrement();
			client.send(Arrays.copyOfRange(FRAME, at, at + 1));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static RawClient connect(TestServer server, boolean tls, String path) throws Exception {
		return tls ? RawClient.connectOverTls(server.port(), path) : RawClient.connect(server.port(), path);
	}

	private static TestServer start(Transport transport, boolean tls) throws Exception {
		TestServer.Builder builder = builder(transport).heartbeat("500ms", "1s");
		if (tls) {
			builder.property("server.ssl.key-store", SelfSignedKeyStore.in(directory).toUri())
				.property("server.ssl.key-store-password", SelfSignedKeyStore.PASSWORD);
		}
		return builder.start(RecordingListener.class);
	}

	private static TestServer.Builder builder(Transport transport) {
		return TestServer.on(transport).property("websocket-keepalive.echo.path", "/echo/**");
	}

}
