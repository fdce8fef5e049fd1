package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.Assert;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.WebsocketServerSpec;

import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application and its peer see the same with the starter as without, but for our
 * pings and for handlers that fail (see {@link HandlerFailureTests}).
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class TransparencyTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int RETRIES = 3;

	private static TestServer keptAlive;

	private static TestServer stock;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServers(Transport transport) {
		keptAlive = TestServer.on(transport).heartbeat("50ms", "60s").start(Application.class);
		stock = TestServer.on(transport).property("websocket-keepalive.enabled", false).start(Application.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServers() {
		keptAlive.close();
		stock.close();
	}

	@ParameterizedTest
	@MethodSource("conversations")
	void bothSidesSeeTheSameAsWithoutTheStarter(Conversation conversation) throws Exception {
		Map<String, List<String>> expected = conversation.hold(stock, false);
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(expected).containsKeys("client", "handler"));
		Map<String, List<String>> actual = conversation.hold(keptAlive, true);
		for (int i = 0; i < RETRIES && conversation.isRace() && !settlesAs(expected, actual); i++) {
			actual = conversation.hold(keptAlive, true);
		}
		Map<String, List<String>> last = actual;
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(last).isEqualTo(expected));
	}

	private static boolean settlesAs(Map<String, List<String>> expected, Map<String, List<String>> actual) {
		try {
			await().atMost(Duration.ofSeconds(2)).until(() -> actual.equals(expected));
			return true;
		}
		catch (ConditionTimeoutException ex) {
			return false;
		}
	}

	static Stream<Conversation> conversations() {
		Stream<Conversation> exchanges = Stream.of(new Conversation("messages", "/echo", TransparencyTests::messages),
				new Conversation("messages while pings are proxied", "/proxied-pings", TransparencyTests::messages),
				new Conversation("pings and pongs", "/echo", TransparencyTests::pingsAndPongs),
				new Conversation("pings and pongs while pings are proxied", "/proxied-pings",
						TransparencyTests::proxiedPingsAndPongs),
				new Conversation("pings of the application", "/pings", TransparencyTests::pingsOfTheApplication));
		Stream<Conversation> ends = Stream.of("/close", "/close-4001", "/complete")
			.map((path) -> new Conversation("a message", path, (peer) -> peer.last(RawClient.TEXT, "x")));
		Stream<Conversation> beginnings = Stream.of(new Conversation("nothing", "/complete-at-once", (peer) -> {
		}));
		Stream<Conversation> abrupt = Stream.of("/echo", "/proxied-pings")
			.flatMap((path) -> Stream.of(
					new Conversation("FIN", path, (peer) -> peer.end((client) -> client.socket().shutdownOutput())),
					new Conversation("RST", path, (peer) -> peer.end(RawClient::reset)),
					new Conversation("half a frame and FIN", path, (peer) -> peer.end((client) -> {
						client.send(Arrays.copyOf(RawClient.frame(true, RawClient.TEXT, new byte[20]), 10));
						client.socket().shutdownOutput();
					}))));
		Stream<Conversation> closed = Stream
			.of(IntStream.of(1000, 1001, 1003), IntStream.rangeClosed(1007, 1014), IntStream.of(3000, 3999, 4000, 4999))
			.flatMap(IntStream::boxed)
			.map((code) -> new Conversation("Close " + code, "/echo",
					(peer) -> peer.end((client) -> client.sendClose(code, "reason"))));
		Conversation closedEmpty = new Conversation("empty Close", "/echo", (peer) -> peer.last(RawClient.CLOSE, ""));
		return Stream.of(exchanges, ends, beginnings, abrupt, closed, Stream.of(closedEmpty))
			.flatMap((conversations) -> conversations);
	}

	private static void messages(Peer peer) throws IOException {
		peer.send(true, RawClient.TEXT, "text");
		peer.awaitPing();
		peer.send(true, RawClient.BINARY, "binary");
		peer.send(true, RawClient.TEXT, "");
		peer.send(true, RawClient.BINARY, "");
		peer.awaitPing();
		peer.send(false, RawClient.TEXT, "frag");
		peer.awaitPing();
		peer.send(false, RawClient.CONTINUATION, "");
		peer.awaitPing();
		peer.send(true, RawClient.CONTINUATION, "mented");
		peer.send(true, RawClient.BINARY, "large".repeat(12000));
		peer.awaitPing();
		peer.send(true, RawClient.TEXT, "\u00e4\u20ac");
		peer.awaitFrames(7);
		peer.end((client) -> client.sendClose(1000, "bye"));
	}

	private static void pingsAndPongs(Peer peer) throws IOException {
		exchangePingsAndPongs(peer);
		peer.awaitFrames(4);
		peer.end((client) -> client.sendClose(1000, "bye"));
	}

	private static void proxiedPingsAndPongs(Peer peer) throws IOException {
		exchangePingsAndPongs(peer);
		peer.awaitFrames(1);
		peer.end((client) -> client.sendClose(1000, "bye"));
	}

	private static void exchangePingsAndPongs(Peer peer) throws IOException {
		peer.send(true, RawClient.PING, "ping");
		peer.awaitPing();
		peer.send(true, RawClient.PING, "");
		peer.send(true, RawClient.PONG, "pong");
		peer.send(true, RawClient.PONG, "");
		peer.awaitPing();
		peer.send(true, RawClient.PONG, "8 bytes!");
		peer.send(true, RawClient.PING, "8 bytes!");
		peer.send(true, RawClient.TEXT, "text");
		peer.awaitPing();
	}

	private static void pingsOfTheApplication(Peer peer) throws IOException {
		peer.send(true, RawClient.TEXT, "ping me");
		peer.awaitFrames(1);
		peer.awaitPing();
		peer.send(true, RawClient.PONG, Application.PING);
		peer.send(true, RawClient.TEXT, "again");
		peer.awaitFrames(2);
		peer.end((client) -> client.sendClose(1000, "bye"));
	}

	/**
	 * What a peer says to the application.
	 */
	private record Conversation(String name, String path, Script script) {

		Map<String, List<String>> hold(TestServer server, boolean pinged) throws Exception {
			try (Peer peer = new Peer(RawClient.connect(server.port(), this.path), pinged)) {
				Trace trace = server.bean(Application.class).traces.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
				Assert.state(trace != null, "the handler was not called");
				this.script.play(peer);
				peer.awaitEnd();
				Assert.state(trace.ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the handler has not ended");
				trace.events.put("client", peer.received);
				return trace.events;
			}
		}

		/**
		 * A reset may be met by the write of a ping before it is read, and then ends the
		 * connection otherwise; as it may without the starter by a write of the
		 * application.
		 */
		boolean isRace() {
			return this.name.startsWith("RST");
		}

		@Override
		public String toString() {
			return this.name + " to " + this.path;
		}

	}

	@FunctionalInterface
	private interface Script {

		void play(Peer peer) throws IOException;

	}

	@FunctionalInterface
	private interface LastAct {

		void on(RawClient client) throws IOException;

	}

	/**
	 * What one connection went through, by who tells it.
	 */
	private static final class Trace {

		private final Map<String, List<String>> events = new ConcurrentSkipListMap<>();

		private final CountDownLatch ended = new CountDownLatch(1);

		void add(String source, Object event) {
			this.events.computeIfAbsent(source, (key) -> new CopyOnWriteArrayList<>()).add(event.toString());
		}

	}

	/**
	 * A client that answers our pings, and notes everything else.
	 */
	private static final class Peer implements AutoCloseable {

		private final List<String> received = new CopyOnWriteArrayList<>();

		private final AtomicInteger pings = new AtomicInteger();

		private final RawClient client;

		private final boolean pinged;

		private final Thread reader = new Thread(this::readAll, "peer");

		private boolean answering = true;

		Peer(RawClient client, boolean pinged) {
			this.client = client;
			this.pinged = pinged;
			this.reader.setDaemon(true);
			this.reader.start();
		}

		private void readAll() {
			try {
				while (true) {
					RawClient.Frame frame = this.client.read();
					if (isOurs(frame)) {
						answer(frame);
					}
					else {
						this.received.add("fin=%s rsv=%s opcode=%s %s".formatted(frame.fin(), frame.rsv(),
								frame.opcode(), HexFormat.of().formatHex(frame.payload())));
					}
				}
			}
			catch (IOException ex) {
				this.received.add("end");
			}
		}

		private static boolean isOurs(RawClient.Frame frame) {
			return frame.opcode() == RawClient.PING && !frame.text().equals(Application.PING);
		}

		private synchronized void answer(RawClient.Frame ping) throws IOException {
			if (this.answering) {
				this.client.answer(ping);
			}
			this.pings.incrementAndGet();
		}

		synchronized void send(boolean fin, int opcode, String payload) throws IOException {
			this.client.send(RawClient.frame(fin, opcode, payload.getBytes(StandardCharsets.UTF_8)));
		}

		void awaitFrames(int count) {
			await().atMost(PATIENCE).until(() -> this.received.size() >= count);
		}

		/**
		 * Await one more of our pings, if there are any.
		 */
		void awaitPing() {
			int before = this.pings.get();
			await().atMost(PATIENCE).until(() -> !this.pinged || this.pings.get() > before);
		}

		void last(int opcode, String payload) throws IOException {
			end((client) -> client.send(RawClient.frame(true, opcode, payload.getBytes(StandardCharsets.UTF_8))));
		}

		/**
		 * Do something that ends the connection. No more pings are answered: a pong on
		 * its way to a closed socket would turn the end into a reset.
		 */
		void end(LastAct act) throws IOException {
			awaitPing();
			synchronized (this) {
				this.answering = false;
				act.on(this.client);
			}
		}

		void awaitEnd() throws InterruptedException {
			this.reader.join(PATIENCE.toMillis());
			assertThat(this.reader.isAlive()).isFalse();
		}

		@Override
		public void close() throws IOException {
			this.client.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		static final String PING = "of the application";

		private final BlockingQueue<Trace> traces = new LinkedBlockingQueue<>();

		@Bean
		HandlerMapping mapping() {
			return new SimpleUrlHandlerMapping(Map.of("/**", (WebSocketHandler) this::handle), -1);
		}

		@Bean
		WebSocketHandlerAdapter adapter() {
			RequestUpgradeStrategy answering = new ReactorNettyRequestUpgradeStrategy();
			RequestUpgradeStrategy proxying = new ReactorNettyRequestUpgradeStrategy(
					WebsocketServerSpec.builder().handlePing(true));
			RequestUpgradeStrategy byPath = (exchange, handler, subprotocol, handshake) -> {
				boolean proxied = exchange.getRequest().getPath().value().equals("/proxied-pings");
				return (proxied ? proxying : answering).upgrade(exchange, handler, subprotocol, handshake);
			};
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(byPath));
		}

		private Mono<Void> handle(WebSocketSession session) {
			Trace trace = new Trace();
			this.traces.add(trace);
			session.closeStatus()
				.subscribe((status) -> trace.add("closeStatus", status), (ex) -> trace.add("closeStatus", ex),
						() -> trace.add("closeStatus", "completed"));
			Flux<WebSocketMessage> messages = session.receive()
				.doOnNext((message) -> trace.add("receive", describe(message)))
				.doOnError((ex) -> trace.add("receive", ex))
				.doOnComplete(() -> trace.add("receive", "completed"))
				.doOnCancel(() -> trace.add("receive", "cancelled"));
			return respond(session, messages).doOnError((ex) -> trace.add("handler", ex))
				.doFinally((signal) -> trace.add("handler", signal))
				.doFinally((signal) -> trace.ended.countDown());
		}

		private static String describe(WebSocketMessage message) {
			ByteBuffer payload = ByteBuffer.allocate(message.getPayload().readableByteCount());
			message.getPayload().toByteBuffer(payload);
			return message.getType() + " " + HexFormat.of().formatHex(payload.array());
		}

		private static Mono<Void> respond(WebSocketSession session, Flux<WebSocketMessage> messages) {
			Flux<WebSocketMessage> data = messages.filter((message) -> message.getType() == WebSocketMessage.Type.TEXT
					|| message.getType() == WebSocketMessage.Type.BINARY);
			return switch (session.getHandshakeInfo().getUri().getPath()) {
				case "/echo", "/proxied-pings" -> session.send(data.map(WebSocketMessage::retain));
				case "/pings" -> session.send(data.map((message) -> session
					.pingMessage((factory) -> factory.wrap(PING.getBytes(StandardCharsets.UTF_8)))));
				case "/close" -> data.concatMap((message) -> session.close()).then();
				case "/close-4001" -> data.concatMap((message) -> session.close(new CloseStatus(4001, "x"))).then();
				case "/complete" -> data.next().then();
				case "/complete-at-once" -> Mono.empty();
				default -> throw new IllegalArgumentException();
			};
		}

	}

}
