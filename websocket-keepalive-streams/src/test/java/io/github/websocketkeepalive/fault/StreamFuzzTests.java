package io.github.websocketkeepalive.fault;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.codec.StreamCodec;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;
import io.github.websocketkeepalive.stream.protocol.StreamError;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that send nonsense, tens of thousands of times.
 */
@Tag("slow")
@ExtendWith({ LeakDetection.class, OutputCaptureExtension.class })
class StreamFuzzTests {

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private static final int FRAMES = 50_000;

	private static final StreamCodecs CODECS = new StreamCodecs(new JsonMapper());

	private static final Set<String> CODES = Arrays.stream(StreamError.values())
		.map(StreamError::code)
		.collect(Collectors.toSet());

	@ParameterizedTest
	@EnumSource
	void nonsenseIsAnsweredInWordsAndDisturbsNobody(Transport transport, CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.on(transport).heartbeat("1h", "1h").start(Sources.class);
				Client other = new Client(server.port(), "resumable.v1.json")) {
			other.send(new ClientFrame.Open("good", null, "endless", Map.of(), null, null));
			for (String subprotocol : CODECS.subprotocols()) {
				try (Client client = new Client(server.port(), subprotocol)) {
					client.send(new ClientFrame.Open("good", null, "endless", Map.of(), null, null));
					client.sendNonsense(FRAMES / CODECS.subprotocols().size(), new Random(transport.ordinal()));
					client.assertStreams("good");
					assertThat(client.errors).hasValueGreaterThan(100);
				}
				other.assertStreams("good");
			}
		}
		assertThat(output.getAll().lines()).filteredOn((line) -> line.contains(" WARN ") || line.contains(" ERROR "))
			.filteredOn((line) -> !line.contains(EventLoopWatchdog.class.getSimpleName()))
			.isEmpty();
	}

	/**
	 * Acknowledges whatever it gets, on a thread of its own.
	 */
	private static final class Client implements AutoCloseable {

		private final Map<String, Long> received = new ConcurrentHashMap<>();

		private final AtomicInteger errors = new AtomicInteger();

		private final RawClient client;

		private final StreamCodec codec;

		private final Thread reader = new Thread(this::read, "reader");

		private volatile Throwable failure;

		Client(int port, String subprotocol) throws IOException {
			this.client = RawClient.connect(port, "/ws/streams", "Sec-WebSocket-Protocol: " + subprotocol);
			this.codec = CODECS.find(subprotocol);
			this.reader.start();
		}

		synchronized void send(ClientFrame frame) throws IOException {
			send(encode(frame), this.codec.binary());
		}

		private synchronized void send(byte[] payload, boolean binary) throws IOException {
			this.client.send(RawClient.frame(true, binary ? RawClient.BINARY : RawClient.TEXT, payload));
		}

		private byte[] encode(ClientFrame frame) {
			ByteBuf encoded = this.codec.encode(frame, UnpooledByteBufAllocator.DEFAULT);
			try {
				return ByteBufUtil.getBytes(encoded);
			}
			finally {
				encoded.release();
			}
		}

		void sendNonsense(int frames, Random random) throws IOException {
			for (int i = 0; i < frames; i++) {
				boolean wrongKind = random.nextInt(20) == 0;
				byte[] payload = this.codec.binary() ? binaryNonsense(random) : textNonsense(random);
				if (wrongKind && this.codec.binary()) {
					payload = textNonsense(random);
				}
				send(payload, this.codec.binary() != wrongKind);
			}
		}

		private byte[] binaryNonsense(Random random) {
			byte[] payload = encode(Nonsense.frame(random));
			switch (random.nextInt(4)) {
				case 0 -> random.nextBytes(payload);
				case 1 -> payload = Arrays.copyOf(payload, random.nextInt(payload.length + 1));
				default -> {
					for (int flips = random.nextInt(4); flips > 0; flips--) {
						payload[random.nextInt(payload.length)] ^= (byte) (1 << random.nextInt(8));
					}
				}
			}
			return payload;
		}

		// Text that is no UTF-8 would be against RFC 6455, and end the connection.
		private byte[] textNonsense(Random random) {
			String text = Nonsense.json(random);
			if (random.nextInt(4) == 0) {
				text = text.substring(0, random.nextInt(text.length() + 1));
			}
			return text.getBytes(StandardCharsets.UTF_8);
		}

		void assertStreams(String stream) {
			long before = this.received.getOrDefault(stream, 0L);
			await().atMost(PATIENCE)
				.until(() -> this.failure != null || this.received.getOrDefault(stream, 0L) > before + 100);
			assertThat(this.failure).isNull();
		}

		private void read() {
			try {
				while (true) {
					RawClient.Frame frame = this.client.read();
					if (frame.opcode() == RawClient.CLOSE) {
						throw new IOException(frame.closeCode() + " " + frame.closeReason());
					}
					received(this.codec.decodeServer(Unpooled.wrappedBuffer(frame.payload()), (name) -> Object.class));
				}
			}
			catch (EOFException | SocketException ex) {
				this.received.clear();
			}
			catch (Exception | AssertionError ex) {
				this.failure = ex;
			}
		}

		private void received(ServerFrame frame) throws IOException {
			if (frame instanceof ServerFrame.Batch batch) {
				this.received.merge(batch.stream(), (long) batch.items().size(), Long::sum);
				send(new ClientFrame.Ack(batch.stream(), batch.offset() + batch.items().size()));
			}
			else if (frame instanceof ServerFrame.Error error) {
				this.errors.incrementAndGet();
				assertThat(CODES).contains(error.code());
				assertThat(error.message()).isNotBlank();
			}
		}

		@Override
		public void close() throws Exception {
			this.client.close();
			this.reader.join();
		}

	}

	/**
	 * Frames, and what looks like frames.
	 */
	private static final class Nonsense {

		private static final List<String> VALUES = List.of("null", "true", "-1", "0", "1", "9223372036854775807",
				"-9223372036854775808", "92233720368547758070000", "1e400", "0.5", "\"\"", "\"s1\"", "\"s2\"",
				"\"open\"", "\"ack\"", "\"cancel\"", "\"session\"", "\"endless\"", "\"short\"", "\"nothing\"",
				"\"\\u0000\\n\"", "[]", "{}", "[[[[[[]]]]]]", "{\"epoch\":\"0\",\"offset\":-5}", "{\"epoch\":0}",
				"{\"a\":{\"b\":[1,{}]}}", "\"" + "long".repeat(200) + "\"", "[".repeat(2000), "NaN", "'s1'");

		private static final List<String> NAMES = List.of("type", "stream", "ref", "source", "request", "window",
				"from", "offset", "token", "items", "more");

		private static final List<String> TYPES = List.of("open", "ack", "cancel", "ping", "session", "batch", "x");

		static String json(Random random) {
			StringBuilder frame = new StringBuilder("{");
			if (random.nextInt(8) > 0) {
				frame.append("\"type\":\"").append(TYPES.get(random.nextInt(TYPES.size()))).append("\",");
			}
			if (random.nextInt(8) > 0) {
				frame.append("\"stream\":\"s").append(random.nextInt(5)).append("\",");
			}
			for (int fields = random.nextInt(5); fields >= 0; fields--) {
				frame.append('"').append(NAMES.get(random.nextInt(NAMES.size()))).append("\":");
				frame.append(VALUES.get(random.nextInt(VALUES.size()))).append((fields > 0) ? "," : "}");
			}
			return frame.toString();
		}

		static ClientFrame frame(Random random) {
			String stream = "s" + random.nextInt(5);
			return switch (random.nextInt(6)) {
				case 0 -> new ClientFrame.Ack(stream, random.nextLong());
				case 1 -> new ClientFrame.Cancel(stream);
				case 2 -> new ClientFrame.Session("x".repeat(random.nextInt(30)));
				case 3 -> new ClientFrame.Unknown("x".repeat(random.nextInt(30)));
				default -> new ClientFrame.Open(stream, random.nextBoolean() ? "r" : null,
						List.of("endless", "short", "nothing").get(random.nextInt(3)),
						Map.of("a", List.of(1, Map.of("b", random.nextDouble()))), random.nextInt(),
						random.nextBoolean() ? new StreamPosition("0", random.nextLong() >>> 1) : null);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Sources {

		@Bean
		@WebSocketMapping("/ws/streams")
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.build();
		}

		@Bean
		ReplayableSource<Integer> endless() {
			return (request, offset) -> Flux.range(0, Integer.MAX_VALUE).delayElements(Duration.ofMillis(1));
		}

		@Bean("short")
		ReplayableSource<String> shortSource() {
			return (request, offset) -> Flux.just("a", "b");
		}

	}

}
