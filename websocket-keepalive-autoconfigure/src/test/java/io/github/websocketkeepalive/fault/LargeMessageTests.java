package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.util.DigestUtils;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.WebsocketServerSpec;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(LeakDetection.class)
class LargeMessageTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final int LENGTH = 20 * 1024 * 1024;

	private static final int CHUNK = 64 * 1024;

	@ParameterizedTest
	@EnumSource
	void aMessageMayTakeManyTimeoutsToArriveUnlessItStops(Transport transport) throws IOException {
		byte[] message = new byte[LENGTH];
		new Random(1).nextBytes(message);
		byte[] frame = RawClient.frame(true, RawClient.BINARY, message);
		try (TestServer server = TestServer.on(transport)
			.heartbeat("500ms", TIMEOUT.toMillis() + "ms")
			.start(Application.class);
				RawClient steady = RawClient.connect(server.port(), "/large/steady");
				RawClient stopped = RawClient.connect(server.port(), "/large/stopped")) {
			RecordingListener events = server.bean(RecordingListener.class);
			stopped.send(Arrays.copyOf(frame, LENGTH / 4));
			sendSlowly(steady, frame, TIMEOUT.multipliedBy(5));
			Map<String, String> digests = server.bean(Digests.class).digests;
			await().atMost(PATIENCE).until(() -> digests.containsKey("/large/steady"));
			assertThat(digests).containsExactly(Map.entry("/large/steady", DigestUtils.md5DigestAsHex(message)));
			assertThat(events.closed("/large/steady")).isEmpty();
			await().atMost(PATIENCE).until(() -> !events.closed("/large/stopped").isEmpty());
			assertThat(events.closed("/large/stopped")).extracting(RecordingListener.Closed::cause)
				.containsExactly(CloseCause.PING_TIMEOUT);
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

	@Import({ RecordingListener.class, Digests.class })
	static class Application {

		@Bean
		WebSocketHandlerAdapter adapter() {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy(
					WebsocketServerSpec.builder().maxFramePayloadLength(LENGTH))));
		}

	}

	@WebSocketMapping("/large/**")
	static class Digests implements WebSocketHandler {

		private final Map<String, String> digests = new ConcurrentHashMap<>();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			String path = session.getHandshakeInfo().getUri().getPath();
			return session.receive().doOnNext((message) -> {
				byte[] payload = new byte[message.getPayload().readableByteCount()];
				message.getPayload().read(payload);
				this.digests.put(path, DigestUtils.md5DigestAsHex(payload));
			}).then();
		}

	}

}
