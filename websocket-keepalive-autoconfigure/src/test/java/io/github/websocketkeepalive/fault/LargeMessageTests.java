package io.github.websocketkeepalive.fault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.util.DigestUtils;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.WebsocketServerSpec;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.ForkedServer;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The server runs in a process of its own, because Netty's watch for leaks is too slow
 * for large messages.
 */
@Tag("slow")
class LargeMessageTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final int LENGTH = 60 * 1024 * 1024;

	private static final int CHUNK = 64 * 1024;

	@ParameterizedTest
	@EnumSource
	void aMessageMayTakeManyTimeoutsToArriveUnlessItStops(Transport transport) throws IOException {
		byte[] message = new byte[LENGTH];
		new Random(1).nextBytes(message);
		byte[] frame = RawClient.frame(true, RawClient.BINARY, message);
		try (ForkedServer server = ForkedServer.start(transport, List.of("-Xmx512m"), Application.class,
				"websocket-keepalive.heartbeat.interval=500ms",
				"websocket-keepalive.heartbeat.timeout=" + TIMEOUT.toMillis() + "ms");
				RawClient steady = RawClient.connect(server.port(), "/large/steady");
				RawClient stopped = RawClient.connect(server.port(), "/large/stopped")) {
			stopped.send(Arrays.copyOf(frame, CHUNK));
			sendSlowly(steady, frame, TIMEOUT.multipliedBy(5));
			assertThat(steady.read(RawClient.TEXT).text()).isEqualTo(DigestUtils.md5DigestAsHex(message));
			assertThat(stopped.isClosedByServer()).isTrue();
			assertThat(server.lines("cause=ping-timeout")).hasSize(1);
		}
	}

	// Cases 9.3.1, 9.3.2, 9.4.1 and 9.4.2 of Autobahn.
	@ParameterizedTest
	@CsvSource({ "EPOLL, 64", "NIO, 64", "EPOLL, 256", "NIO, 256" })
	void aMessageMayComeInSmallFragments(Transport transport, int size) throws IOException {
		byte[] message = new byte[4 * 1024 * 1024];
		new Random(1).nextBytes(message);
		ByteArrayOutputStream frames = new ByteArrayOutputStream();
		for (int from = 0; from < message.length; from += size) {
			int opcode = (from == 0) ? RawClient.BINARY : RawClient.CONTINUATION;
			frames.writeBytes(RawClient.frame(from + size == message.length, opcode,
					Arrays.copyOfRange(message, from, from + size)));
		}
		try (ForkedServer server = ForkedServer.start(transport, List.of("-Xmx512m"), Application.class);
				RawClient client = RawClient.connect(server.port(), "/large/fragments")) {
			client.send(frames.toByteArray());
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo(DigestUtils.md5DigestAsHex(message));
		}
	}

	private static void sendSlowly(RawClient client, byte[] bytes, Duration time) throws IOException {
		long start = System.nanoTime();
		for (int sent = 0; sent < bytes.length; sent += CHUNK) {
			long due = start + (long) ((double) sent / bytes.length * time.toNanos());
			LockSupport.parkNanos(due - System.nanoTime());
			client.send(Arrays.copyOfRange(bytes, sent, Math.min(sent + CHUNK, bytes.length)));
		}
	}

	@Import(Digests.class)
	static class Application {

		@Bean
		WebSocketHandlerAdapter adapter() {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy(
					WebsocketServerSpec.builder().maxFramePayloadLength(LENGTH))));
		}

	}

	@WebSocketMapping("/large/**")
	static class Digests implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.send(session.receive().map(Digests::digest).map(session::textMessage));
		}

		private static String digest(WebSocketMessage message) {
			byte[] payload = new byte[message.getPayload().readableByteCount()];
			message.getPayload().read(payload);
			return DigestUtils.md5DigestAsHex(payload);
		}

	}

}
