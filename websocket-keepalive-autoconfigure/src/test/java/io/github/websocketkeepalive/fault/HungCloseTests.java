package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("slow")
@ExtendWith(LeakDetection.class)
class HungCloseTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration BUDGET = CLOSE_TIMEOUT.plusSeconds(1);

	private static final Duration BUSY_MACHINE = Duration.ofSeconds(3);

	private static final int OUTPUT = 16 * 1024 * 1024;

	private static final int RECEIVE_BUFFER = 16 * 1024;

	@ParameterizedTest
	@EnumSource
	void closingFreesEverythingOfAPeerThatNeverReads(Transport transport) throws IOException {
		try (TestServer server = start(transport)) {
			RecordingListener events = server.bean(RecordingListener.class);
			long socketsBefore = sockets();
			try (RawClient client = RawClient.connect(server.port(), "/flood/hung", RECEIVE_BUFFER)) {
				Flood.Peer peer = awaitOutput(server, "/flood/hung");
				assertThat(sockets()).isEqualTo(socketsBefore + 2);
				long closed = System.nanoTime();
				peer.session.close(CloseStatus.NORMAL).onErrorComplete().subscribe();
				await().atMost(PATIENCE).until(() -> !events.closed("/flood/hung").isEmpty());
				RecordingListener.Closed end = events.closed("/flood/hung").get(0);
				Duration took = Duration.ofNanos(end.nanoTime() - closed);
				assertThat(took).isBetween(CLOSE_TIMEOUT, BUDGET.plus(BUSY_MACHINE));
				assertThat(end.cause()).isEqualTo(CloseCause.LOCAL_CLOSED);
				assertThat(Survivors.at(server, "/flood/hung")).isEmpty();
				await().atMost(PATIENCE).untilAsserted(() -> assertThat(sockets()).isEqualTo(socketsBefore + 1));
				await().atMost(PATIENCE).untilAsserted(() -> assertThat(peer.output.refCnt()).isZero());
				assertThat(client.isClosedByServer()).isTrue();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void closingGivesASlowPeerEverythingUpToTheCloseFrame(Transport transport) throws IOException {
		try (TestServer server = start(transport);
				RawClient client = RawClient.connect(server.port(), "/flood/slow", RECEIVE_BUFFER)) {
			Flood.Peer peer = awaitOutput(server, "/flood/slow");
			long closed = System.nanoTime();
			peer.session.close(CloseStatus.NORMAL).onErrorComplete().subscribe();
			long received = client.readSlowly(evenlyOver(CLOSE_TIMEOUT.multipliedBy(4)));
			RawClient.Frame close = client.read(RawClient.CLOSE);
			Duration took = Duration.ofNanos(System.nanoTime() - closed);
			assertThat(received).isEqualTo(OUTPUT);
			assertThat(close.closeCode()).isEqualTo(1000);
			assertThat(took).isGreaterThan(CLOSE_TIMEOUT.multipliedBy(2));
		}
	}

	private static TestServer start(Transport transport) {
		return TestServer.on(transport)
			.heartbeat("1h", "1h")
			.property("websocket-keepalive.heartbeat.close-timeout", CLOSE_TIMEOUT)
			.start(Application.class);
	}

	private static Flood.Peer awaitOutput(TestServer server, String path) {
		Flood flood = server.bean(Flood.class);
		await().atMost(PATIENCE)
			.until(() -> flood.peers.containsKey(path) && Survivors.at(server, path)
				.stream()
				.anyMatch((connection) -> connection.getPendingBytes() > OUTPUT / 4));
		return flood.peers.get(path);
	}

	private static DoubleConsumer evenlyOver(Duration time) {
		long start = System.nanoTime();
		return (share) -> LockSupport.parkNanos(start + (long) (share * time.toNanos()) - System.nanoTime());
	}

	private static long sockets() throws IOException {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter(HungCloseTests::isSocket).count();
		}
	}

	private static boolean isSocket(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Import({ RecordingListener.class, Flood.class })
	static class Application {

	}

	@WebSocketMapping("/flood/**")
	static class Flood implements WebSocketHandler {

		private final Map<String, Peer> peers = new ConcurrentHashMap<>();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			DataBuffer output = session.bufferFactory().wrap(new byte[OUTPUT]);
			this.peers.put(session.getHandshakeInfo().getUri().getPath(),
					new Peer(session, NettyDataBufferFactory.toByteBuf(output)));
			return session.send(Mono.just(new WebSocketMessage(WebSocketMessage.Type.BINARY, output)))
				.then(Mono.never());
		}

		/**
		 * Whom the output is for.
		 */
		private record Peer(WebSocketSession session, ByteBuf output) {
		}

	}

}
