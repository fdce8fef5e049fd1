package io.github.websocketkeepalive.fault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.TooLongFrameException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.WebsocketServerSpec;

import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What peers have a server hold whose application does not read: many small frames, and
 * small frames that inflate to large ones.
 */
@ExtendWith(LeakDetection.class)
@Tag("slow")
class UnreadFramesTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int PEERS = 2;

	private static final int MAX_BUFFERS = 1000;

	private static final int LOOK_AHEAD = 64 * 1024;

	private static final int LARGEST_READ = 64 * 1024;

	private static final int LARGEST_MESSAGE = 1024 * 1024;

	@ParameterizedTest
	@MethodSource
	void whatIsHeldHasABudgetAndArrivesWholeAndInOrder(Transport transport, Flood flood) throws IOException {
		try (TestServer server = start(transport); RawClient bystander = RawClient.connect(server.port(), "/echo")) {
			List<RawClient> peers = connect(server, flood);
			Memory memory = server.bean(Memory.class);
			memory.startCounting();
			byte[] input = flood.bytes();
			for (RawClient peer : peers) {
				peer.send(input);
			}
			awaitNothingMoreIsRead(server);
			assertThat(memory.growth()).isLessThan(PEERS * flood.budget);
			assertThat(memory.buffers.get()).isLessThan(PEERS * MAX_BUFFERS);
			assertServed(bystander);
			assertEverythingArrives(server, flood);
			for (RawClient peer : peers) {
				peer.send(RawClient.frame(true, RawClient.PING, "there?".getBytes()));
				assertThat(peer.read(RawClient.PONG).text()).isEqualTo("there?");
				peer.sendClose(1000, "bye");
				assertThat(peer.read(RawClient.CLOSE).closeCode()).isEqualTo(1000);
				peer.close();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aHandlerThatAsksForOneMessageIsKeptNoMoreThanOneThatAsksForNone(Transport transport) throws IOException {
		try (TestServer server = start(transport); RawClient bystander = RawClient.connect(server.port(), "/echo")) {
			List<RawClient> peers = connect(server, Flood.TINY);
			Memory memory = server.bean(Memory.class);
			memory.startCounting();
			for (RawClient peer : peers) {
				peer.send(Flood.TINY.bytes());
			}
			for (int asked = 1; asked <= 3; asked++) {
				awaitNothingMoreIsRead(server);
				for (Unread.Reader reader : server.bean(Unread.class).readers.values()) {
					int expected = asked;
					reader.request(1);
					await().atMost(PATIENCE).until(() -> reader.received.size() == expected);
				}
			}
			awaitNothingMoreIsRead(server);
			assertThat(memory.buffers.get()).isLessThan(PEERS * MAX_BUFFERS);
			assertServed(bystander);
			for (RawClient peer : peers) {
				peer.reset();
			}
			// What nobody takes any more is never released by Reactor Netty.
			for (Unread.Reader reader : server.bean(Unread.class).readers.values()) {
				reader.requestUnbounded();
				await().atMost(PATIENCE).until(() -> reader.ended);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aMessageThatThereWasNoRoomForArrivesThoughItsPeerClosesAtOnce(Transport transport) throws IOException {
		try (TestServer server = start(transport); RawClient bystander = RawClient.connect(server.port(), "/echo")) {
			RawClient peer = connect(server, Flood.INFLATING).get(0);
			byte[] message = Flood.INFLATING.bytes(1);
			byte[] close = RawClient.frame(true, RawClient.CLOSE, new byte[] { 3, (byte) 0xE8 });
			peer.send(ByteBuffer.allocate(message.length + close.length).put(message).put(close).array());
			awaitNothingMoreIsRead(server);
			Unread.Reader reader = server.bean(Unread.class).readers.get("/unread/0");
			reader.requestUnbounded();
			await().atMost(PATIENCE).until(() -> reader.ended);
			assertThat(reader.received).containsExactly(0);
			assertThat(peer.read(RawClient.CLOSE).closeCode()).isEqualTo(1000);
			assertServed(bystander);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatLiesUnreadAtTheEndOfAConnectionHasABudgetToo(Transport transport) throws IOException {
		Flood flood = Flood.INFLATING;
		try (TestServer server = start(transport); RawClient bystander = RawClient.connect(server.port(), "/echo")) {
			List<RawClient> peers = connect(server, flood);
			Memory memory = server.bean(Memory.class);
			memory.startCounting();
			byte[] input = flood.bytes();
			for (RawClient peer : peers) {
				peer.send(input);
				peer.socket().shutdownOutput();
			}
			if (transport.isEpoll()) {
				await().atMost(PATIENCE).until(() -> server.connections().count() == 1);
			}
			awaitNothingMoreIsRead(server);
			assertThat(memory.growth()).isLessThan(PEERS * (flood.budget + 2 * LARGEST_MESSAGE));
			assertServed(bystander);
			for (Unread.Reader reader : server.bean(Unread.class).readers.values()) {
				reader.requestUnbounded();
				await().atMost(PATIENCE).until(() -> reader.ended);
				assertThat(reader.received).isEqualTo(flood.numbers().subList(0, reader.received.size()));
				assertThat(reader.failure instanceof TooLongFrameException).isEqualTo(transport.isEpoll());
				assertThat(reader.received.size() == flood.messages).isNotEqualTo(transport.isEpoll());
			}
			for (RawClient peer : peers) {
				peer.close();
			}
		}
	}

	@ParameterizedTest
	@MethodSource
	void aHandlerThatNeverReceivesIsSentNoMoreWhereHttp2IsOn(Transport transport, String path) throws IOException {
		try (TestServer server = start(transport, "server.http2.enabled");
				RawClient peer = RawClient.connect(server.port(), path)) {
			await().atMost(PATIENCE).until(() -> server.connections().count() == 1);
			Memory memory = server.bean(Memory.class);
			memory.startCounting();
			peer.send(Flood.TINY.bytes());
			awaitNothingMoreIsRead(server);
			assertThat(memory.buffers.get()).isLessThan(MAX_BUFFERS);
		}
	}

	static Stream<Arguments> aHandlerThatNeverReceivesIsSentNoMoreWhereHttp2IsOn() {
		return Stream.of(Transport.values())
			.flatMap((transport) -> Stream.of("/silent", "/route/silent").map((path) -> Arguments.of(transport, path)));
	}

	private static TestServer start(Transport transport, String... switches) {
		TestServer.Builder server = TestServer.on(transport)
			.workers(1)
			.heartbeat("1h", "1h")
			.property("websocket-keepalive.echo.path", "/echo");
		for (String name : switches) {
			server.property(name, true);
		}
		return server.start(Application.class);
	}

	private static List<RawClient> connect(TestServer server, Flood flood) throws IOException {
		List<RawClient> peers = new ArrayList<>();
		for (int i = 0; i < PEERS; i++) {
			peers.add(RawClient.connect(server.port(), "/unread/" + i, flood.headers));
		}
		await().atMost(PATIENCE).until(() -> server.connections().count() == PEERS + 1);
		return peers;
	}

	private static void assertServed(RawClient bystander) throws IOException {
		bystander.sendText("still there?");
		assertThat(bystander.read(RawClient.TEXT).text()).isEqualTo("still there?");
	}

	static Stream<Arguments> whatIsHeldHasABudgetAndArrivesWholeAndInOrder() {
		return Stream.of(Transport.values())
			.flatMap((transport) -> Stream.of(Flood.values()).map((flood) -> Arguments.of(transport, flood)));
	}

	private static void awaitNothingMoreIsRead(TestServer server) {
		AtomicLong before = new AtomicLong(-1);
		AtomicInteger same = new AtomicInteger();
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
			long now = server.connections().stream().mapToLong(WebSocketConnection::getBytesReceived).sum();
			return (before.getAndSet(now) == now) ? same.incrementAndGet() == 10 : same.getAndSet(0) < 0;
		});
	}

	private static void assertEverythingArrives(TestServer server, Flood flood) {
		Unread unread = server.bean(Unread.class);
		for (int i = 0; i < PEERS; i++) {
			Unread.Reader reader = unread.readers.get("/unread/" + i);
			assertThat(reader.received).isEmpty();
			reader.requestUnbounded();
			await().atMost(PATIENCE).until(() -> reader.received.size() >= flood.messages);
			assertThat(reader.received).isEqualTo(flood.numbers());
		}
	}

	/**
	 * What a peer sends at once.
	 */
	enum Flood {

		TINY(20_000, 1, false, LOOK_AHEAD + LARGEST_READ),

		TINY_AMONG_DEFLATED(20_000, 1, true, LOOK_AHEAD + LARGEST_READ),

		INFLATING(20, LARGEST_MESSAGE, true, 3 * LOOK_AHEAD + LARGEST_READ);

		private static final int RSV1 = 0x40;

		private final int messages;

		private final int length;

		private final boolean deflated;

		private final long budget;

		private final String[] headers;

		Flood(int messages, int length, boolean deflated, long budget) {
			this.messages = messages;
			this.length = length;
			this.deflated = deflated;
			this.budget = budget;
			this.headers = deflated ? new String[] { "Sec-WebSocket-Extensions: permessage-deflate" } : new String[0];
		}

		List<Integer> numbers() {
			return IntStream.range(0, this.messages).boxed().toList();
		}

		byte[] bytes() throws IOException {
			return bytes(this.messages);
		}

		byte[] bytes(int messages) throws IOException {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
			for (int i = 0; i < messages; i++) {
				if (this.length < Integer.BYTES) {
					bytes.write(RawClient.frame(true, RawClient.BINARY, new byte[] { (byte) i }));
				}
				else {
					byte[] message = ByteBuffer.allocate(this.length).putInt(i).array();
					bytes.write(RawClient.frame(0x80 | RSV1 | RawClient.BINARY, true, deflate(deflater, message)));
				}
			}
			deflater.end();
			return bytes.toByteArray();
		}

		private static byte[] deflate(Deflater deflater, byte[] message) {
			byte[] deflated = new byte[message.length];
			deflater.setInput(message);
			int length = deflater.deflate(deflated, 0, deflated.length, Deflater.SYNC_FLUSH);
			return Arrays.copyOf(deflated, length - 4);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Unread.class)
	static class Application {

		@Bean
		Memory memory() {
			return new Memory();
		}

		@Bean
		@WebSocketMapping("/silent")
		WebSocketHandler silent() {
			return (session) -> Mono.never();
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws("/route/silent", (inbound, outbound) -> Mono.never());
		}

		@Bean
		AdmissionPolicy policy() {
			return (request) -> Mono.empty();
		}

		@Bean
		NettyServerCustomizer allocator(Memory memory) {
			return (server) -> server.childOption(ChannelOption.ALLOCATOR, memory);
		}

		@Bean
		WebSocketHandlerAdapter webSocketHandlerAdapter() {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(
					new ReactorNettyRequestUpgradeStrategy(WebsocketServerSpec.builder().compress(true))));
		}

	}

	/**
	 * Counts what the server has in use, to the byte.
	 */
	private static final class Memory extends AbstractByteBufAllocator {

		private final UnpooledByteBufAllocator delegate = new UnpooledByteBufAllocator(true);

		private final AtomicInteger buffers = new AtomicInteger();

		private long bytesBefore;

		Memory() {
			super(true);
		}

		void startCounting() {
			this.bytesBefore = this.delegate.metric().usedDirectMemory();
			this.buffers.set(0);
		}

		long growth() {
			return this.delegate.metric().usedDirectMemory() - this.bytesBefore;
		}

		@Override
		protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
			this.buffers.incrementAndGet();
			return this.delegate.heapBuffer(initialCapacity, maxCapacity);
		}

		@Override
		protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
			this.buffers.incrementAndGet();
			return this.delegate.directBuffer(initialCapacity, maxCapacity);
		}

		@Override
		public boolean isDirectBufferPooled() {
			return false;
		}

	}

	@WebSocketMapping("/unread/**")
	static class Unread implements WebSocketHandler {

		private final Map<String, Reader> readers = new ConcurrentHashMap<>();

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			Reader reader = new Reader();
			this.readers.put(session.getHandshakeInfo().getUri().getPath(), reader);
			session.receive().subscribe(reader);
			return reader.end.asMono();
		}

		/**
		 * Reads nothing until it is told to.
		 */
		private static final class Reader extends BaseSubscriber<WebSocketMessage> {

			private final List<Integer> received = new CopyOnWriteArrayList<>();

			private final Sinks.Empty<Void> end = Sinks.empty();

			private volatile boolean ended;

			private volatile @Nullable Throwable failure;

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
			}

			@Override
			protected void hookOnNext(WebSocketMessage message) {
				DataBuffer payload = message.getPayload();
				boolean tiny = payload.readableByteCount() < Integer.BYTES;
				this.received.add(tiny ? next(payload.read()) : first(payload));
			}

			@Override
			protected void hookOnError(Throwable failure) {
				this.failure = failure;
			}

			@Override
			protected void hookFinally(SignalType type) {
				this.ended = true;
				this.end.tryEmitEmpty();
			}

			private static int first(DataBuffer payload) {
				byte[] number = new byte[Integer.BYTES];
				payload.read(number);
				return ByteBuffer.wrap(number).getInt();
			}

			private int next(byte low) {
				int next = this.received.size();
				return ((byte) next == low) ? next : -1;
			}

		}

	}

}
