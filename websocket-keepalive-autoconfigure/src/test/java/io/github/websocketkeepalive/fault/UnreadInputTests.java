package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import org.springframework.context.annotation.Import;
import org.springframework.util.DigestUtils;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.AnsweringClient;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application does not read, or reads slowly, what its peers have sent.
 */
@ExtendWith(LeakDetection.class)
@Tag("slow")
class UnreadInputTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int FRAMES = 100;

	private static final int FRAME_LENGTH = 50 * 1024;

	private static final long LOOK_AHEAD = 64 * 1024;

	private static final long ONE_MORE_FRAME_AND_READ = 192 * 1024;

	@ParameterizedTest
	@EnumSource
	void whoAnswersLivesAndWhoIsStoppedDies(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport).heartbeat("500ms", "1s").start(Application.class);
				AnsweringClient stopped = AnsweringClient.start(server.port(), "/never/stopped", 40);
				AnsweringClient stoppedToo = AnsweringClient.start(server.port(), "/push/stopped", 1);
				LiveClients one = sending(server, 1);
				LiveClients some = sending(server, 7);
				LiveClients many = sending(server, 40)) {
			RecordingListener events = server.bean(RecordingListener.class);
			for (String path : List.of("/never/stopped", "/push/stopped")) {
				await().atMost(PATIENCE)
					.until(() -> Survivors.at(server, path)
						.stream()
						.anyMatch((connection) -> connection.getPongsReceived() >= 2));
			}
			stopped.stop();
			stoppedToo.stop();
			for (String path : List.of("/never/stopped", "/push/stopped")) {
				await().atMost(PATIENCE).until(() -> !events.closed(path).isEmpty());
				assertThat(events.closed(path)).extracting(RecordingListener.Closed::cause)
					.containsExactly(CloseCause.PING_TIMEOUT);
			}
			for (String path : List.of("/never/1", "/never/7", "/never/40", "/push/1", "/push/7", "/push/40")) {
				Survivors.assertAnswerOn(server, path, 1);
				assertThat(Survivors.at(server, path)).allMatch((connection) -> connection.getRtt() != null);
			}
			assertThat(Stream.of(one, some, many)).allMatch((clients) -> clients.open() == 2);
		}
	}

	private static LiveClients sending(TestServer server, int frames) throws InterruptedException {
		LiveClients clients = LiveClients.connect(1, server.uri("/never/" + frames));
		clients.add(1, server.uri("/push/" + frames));
		for (int i = 0; i < frames; i++) {
			clients.sendText("x".repeat(1024));
		}
		return clients;
	}

	@ParameterizedTest
	@EnumSource
	void pingsAndTheCloseFrameOfThePeerAreAnswered(Transport transport) throws IOException {
		try (TestServer server = TestServer.on(transport).heartbeat("1h", "1h").start(Application.class)) {
			for (String path : List.of("/never/0", "/never/1", "/never/40", "/push/0", "/push/1", "/push/40")) {
				try (RawClient client = RawClient.connect(server.port(), path)) {
					for (int i = 0; i < Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)); i++) {
						client.sendText("x".repeat(1024));
					}
					client.send(RawClient.frame(true, RawClient.PING, "are you there?".getBytes()));
					assertThat(client.read(RawClient.PONG).text()).isEqualTo("are you there?");
					client.sendClose(1000, "bye");
					assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1000);
					await().atMost(PATIENCE).until(() -> Survivors.at(server, path).isEmpty());
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aPeerWithMuchUnreadIsHeldAndSlowedDownAndNothingIsLost(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport)
			.heartbeat("300ms", "500ms")
			.property("websocket-keepalive.heartbeat.held-limit", "1m")
			.start(Application.class);
				Sender sender = new Sender(server.port(), "/held/sender");
				LiveClients live = LiveClients.connect(1, server.uri("/held/live"))) {
			live.sendText("unread");
			WebSocketConnection held = awaitHeld(server);
			long pings = held.getPingsSent();
			await().atMost(PATIENCE).until(() -> held.getPingsSent() >= pings + 4);
			assertThat(held.getHeldBy()).isEqualTo(HoldReason.BACKPRESSURE);
			assertThat(held.getBytesReceived()).isLessThanOrEqualTo(LOOK_AHEAD + ONE_MORE_FRAME_AND_READ);
			assertThat(sender.sent.get()).isLessThan(FRAMES);
			assertThat(sender.done).isNotDone();
			assertEverythingArrives(server, sender);
			Survivors.assertAnswerOn(server, "/held/live", 1);
		}
	}

	@Test
	void withEvidenceAPeerLivesBeyondTheLimit() throws Exception {
		try (TestServer server = heldForASecond(Transport.EPOLL);
				Sender sender = new Sender(server.port(), "/held/sender")) {
			RecordingListener events = server.bean(RecordingListener.class);
			WebSocketConnection held = awaitHeld(server);
			long since = System.nanoTime();
			await().atMost(PATIENCE).until(() -> System.nanoTime() - since > Duration.ofSeconds(4).toNanos());
			assertThat(held.getHeldBy()).isEqualTo(HoldReason.BACKPRESSURE);
			assertThat(events.closed()).isEmpty();
			sender.client.reset();
			await().atMost(PATIENCE).until(() -> events.closed("/held/sender").size() == 1);
		}
	}

	@Test
	void withoutEvidenceAPeerDiesAfterTheLimit() throws Exception {
		try (TestServer server = heldForASecond(Transport.NIO);
				LiveClients live = LiveClients.connect(1, server.uri("/held/live"));
				Sender sender = new Sender(server.port(), "/held/sender")) {
			live.sendText("unread");
			RecordingListener events = server.bean(RecordingListener.class);
			awaitHeld(server);
			long since = System.nanoTime();
			await().atMost(PATIENCE).until(() -> events.closed("/held/sender").size() == 1);
			RecordingListener.Closed end = events.closed("/held/sender").get(0);
			Duration held = Duration.ofNanos(end.nanoTime() - since);
			assertThat(held).isGreaterThan(Duration.ofMillis(500));
			assertThat(end.cause()).isEqualTo(CloseCause.PING_TIMEOUT);
			Survivors.assertAnswerOn(server, "/held/live", 1);
		}
	}

	private static TestServer heldForASecond(Transport transport) {
		return TestServer.on(transport)
			.heartbeat("300ms", "300ms")
			.property("websocket-keepalive.heartbeat.held-limit", "1s")
			.start(Application.class);
	}

	private static WebSocketConnection awaitHeld(TestServer server) {
		await().atMost(PATIENCE)
			.until(() -> Survivors.at(server, "/held/sender")
				.stream()
				.anyMatch((connection) -> connection.getHeldBy() == HoldReason.BACKPRESSURE));
		return Survivors.at(server, "/held/sender").get(0);
	}

	private static void assertEverythingArrives(TestServer server, Sender sender) {
		Held.Reader reader = server.bean(Held.class).readers.get("/held/sender");
		assertThat(reader.digests).isEmpty();
		reader.requestUnbounded();
		await().atMost(PATIENCE).until(() -> reader.digests.size() >= FRAMES);
		assertThat(reader.digests).isEqualTo(sender.digests);
	}

	@ParameterizedTest
	@EnumSource
	void whatIsReadSlowlyArrivesWholeAndInOrder(Transport transport) throws IOException {
		try (TestServer server = TestServer.on(transport).heartbeat("50ms", "1m").start(Application.class)) {
			for (int seed = 1; seed <= 3; seed++) {
				for (String manner : List.of("/slow/one-by-one/", "/slow/delayed/")) {
					assertArrivesWholeAndInOrder(server, manner + seed, new Random(seed));
				}
			}
		}
	}

	private static void assertArrivesWholeAndInOrder(TestServer server, String path, Random random) throws IOException {
		List<String> sent = new ArrayList<>();
		try (RawClient client = RawClient.connect(server.port(), path)) {
			for (int i = 0; i < 200; i++) {
				byte[] message = new byte[random.nextBoolean() ? random.nextInt(200) : random.nextInt(30_000)];
				random.nextBytes(message);
				sent.add(DigestUtils.md5DigestAsHex(message));
				sendFragmented(client, message, random);
			}
			List<String> received = server.bean(Slow.class).digests(path);
			await().atMost(PATIENCE).until(() -> received.size() >= sent.size());
			assertThat(received).as(path).isEqualTo(sent);
			client.sendClose(1000, "bye");
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1000);
		}
	}

	private static void sendFragmented(RawClient client, byte[] message, Random random) throws IOException {
		int fragments = 1 + random.nextInt(4);
		for (int i = 0; i < fragments; i++) {
			byte[] fragment = Arrays.copyOfRange(message, message.length * i / fragments,
					message.length * (i + 1) / fragments);
			client.send(RawClient.frame(i == fragments - 1, (i == 0) ? RawClient.BINARY : RawClient.CONTINUATION,
					fragment));
			if (random.nextInt(8) == 0) {
				client.send(RawClient.frame(true, RawClient.PING, new byte[random.nextInt(126)]));
			}
		}
	}

	private static String digest(WebSocketMessage message) {
		byte[] payload = new byte[message.getPayload().readableByteCount()];
		message.getPayload().read(payload);
		return DigestUtils.md5DigestAsHex(payload);
	}

	/**
	 * Sends five megabytes, and answers nothing meanwhile.
	 */
	private static final class Sender implements AutoCloseable {

		private final List<String> digests = new ArrayList<>();

		private final AtomicInteger sent = new AtomicInteger();

		private final RawClient client;

		private final CompletableFuture<Void> done;

		Sender(int port, String path) throws IOException {
			this.client = RawClient.connect(port, path);
			this.client.socket().setSendBufferSize((int) LOOK_AHEAD);
			List<byte[]> frames = new ArrayList<>();
			Random random = new Random(1);
			for (int i = 0; i < FRAMES; i++) {
				byte[] payload = new byte[FRAME_LENGTH];
				random.nextBytes(payload);
				this.digests.add(DigestUtils.md5DigestAsHex(payload));
				frames.add(RawClient.frame(true, RawClient.BINARY, payload));
			}
			this.done = CompletableFuture.runAsync(() -> frames.forEach(this::send));
		}

		private void send(byte[] frame) {
			try {
				this.client.send(frame);
				this.sent.incrementAndGet();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void close() throws IOException {
			this.client.close();
		}

	}

	@Import({ RecordingListener.class, NeverReading.class, Pushing.class, Held.class, Slow.class })
	static class Application {

	}

	@WebSocketMapping("/never/**")
	static class NeverReading implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return Mono.never();
		}

	}

	@WebSocketMapping("/push/**")
	static class Pushing implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.send(Flux.interval(Duration.ofMillis(20))
				.onBackpressureDrop()
				.map((tick) -> session.textMessage("tick " + tick)));
		}

	}

	@WebSocketMapping("/held/**")
	static class Held implements WebSocketHandler {

		private final Map<String, Reader> readers = new ConcurrentHashMap<>();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			Reader reader = new Reader();
			this.readers.put(session.getHandshakeInfo().getUri().getPath(), reader);
			session.receive().subscribe(reader);
			return session.closeStatus().doFinally((signal) -> reader.cancel()).then();
		}

		/**
		 * Reads nothing until it is told to.
		 */
		private static final class Reader extends BaseSubscriber<WebSocketMessage> {

			private final List<String> digests = new CopyOnWriteArrayList<>();

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
			}

			@Override
			protected void hookOnNext(WebSocketMessage message) {
				this.digests.add(digest(message));
			}

			@Override
			protected void hookOnError(Throwable failure) {
			}

		}

	}

	@WebSocketMapping("/slow/{manner}/{seed}")
	static class Slow implements WebSocketHandler {

		private final Map<String, List<String>> digests = new ConcurrentHashMap<>();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			String path = session.getHandshakeInfo().getUri().getPath();
			Flux<String> received = session.receive().map(UnreadInputTests::digest);
			Flux<String> slow = path.contains("one-by-one") ? received.limitRate(1)
					: received.concatMap((digest) -> Mono.delay(Duration.ofMillis(1)).thenReturn(digest), 1);
			return slow.doOnNext(digests(path)::add).then();
		}

		List<String> digests(String path) {
			return this.digests.computeIfAbsent(path, (key) -> new CopyOnWriteArrayList<>());
		}

	}

}
