package io.github.websocketkeepalive.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.netty.http.server.WebsocketServerSpec;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The rules of RFC 6455 sections 5 to 7 as a client sees them, with and without
 * permessage-deflate. Each test is named after its section.
 */
@ParameterizedClass
@CsvSource({ "EPOLL, false", "EPOLL, true", "NIO, false", "NIO, true" })
@ExtendWith(LeakDetection.class)
class ConformanceTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int DROPPED = 0;

	private static final byte[] BAD = { 'a', (byte) 0xC3, 'b' };

	private static final AtomicInteger COUNT = new AtomicInteger();

	private static TestServer server;

	@Parameter(0)
	private Transport transport;

	@Parameter(1)
	private boolean compressed;

	@BeforeParameterizedClassInvocation
	static void startServer(Transport transport, boolean compressed) {
		server = TestServer.on(transport)
			.workers(1)
			.property("websocket-keepalive.echo.path", "/echo/**")
			.start(RecordingListener.class, Compression.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@Test
	void section5_1_framesOfAClientAreMasked() throws IOException {
		assertEnds(1002, RawClient.frame(0x81, false, new byte[5]));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0x10, 0x20, 0x30, 0x70 })
	void section5_2_reservedBitsAreZero(int bits) throws IOException {
		for (int opcode : new int[] { RawClient.TEXT, RawClient.BINARY, RawClient.CLOSE, RawClient.PING,
				RawClient.PONG }) {
			assertEnds(1002, RawClient.frame(0x80 | bits | opcode, true, new byte[0]));
		}
		assertEnds(1002, text(false, "a"), RawClient.frame(0x80 | bits, true, new byte[0]));
	}

	@Test
	void section5_2_theBitOfCompressionIsZeroUnlessItIsAgreedAndOnTheFirstFrame() throws IOException {
		if (this.compressed) {
			byte[] hello = deflate("hello".getBytes());
			assertEnds(1002, RawClient.frame(0x41, true, Arrays.copyOf(hello, 3)),
					RawClient.frame(0xC0, true, Arrays.copyOfRange(hello, 3, hello.length)));
		}
		else {
			assertEnds(1002, RawClient.frame(0xC1, true, new byte[1]));
		}
		assertEnds(1002, RawClient.frame(0xC9, true, new byte[0]));
		assertEnds(1002, RawClient.frame(0xC8, true, new byte[0]));
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF })
	void section5_2_otherOpcodesAreUnknown(int opcode) throws IOException {
		assertEnds(1002, RawClient.frame(true, opcode, new byte[0]));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 125, 126, 127, 128, 65535, 65536 })
	void section5_2_allLengthsAreEchoed(int length) throws Exception {
		try (RawClient client = connect(path())) {
			client.sendBinary(new byte[length]);
			assertThat(payload(client.read(RawClient.BINARY))).isEqualTo(new byte[length]);
		}
	}

	@ParameterizedTest
	@CsvSource({ "5, 1002", "65535, 1002", "65537, 1009", "2147483647, 1009", "2147483648, 1009", "2147483649, 1009",
			"9223372036854775807, 1009", "-9223372036854775808, 1002", "-1, 1002" })
	void section5_2_lengthsOf64BitsAreShortestAndNotNegative(long length, int code) throws IOException {
		assertEnds(code, ByteBuffer.allocate(14).put((byte) 0x82).put((byte) 0xFF).putLong(length).array());
	}

	@Test
	void section5_4_fragmentsMakeAMessageWithControlFramesAmongThem() throws Exception {
		try (RawClient client = connect(path())) {
			client.send(text(false, "frag"));
			client.send(RawClient.frame(true, RawClient.PING, "1".getBytes()));
			client.send(RawClient.frame(false, RawClient.CONTINUATION, new byte[0]));
			client.send(RawClient.frame(true, RawClient.CONTINUATION, "mented".getBytes()));
			assertThat(client.read(RawClient.PONG).text()).isEqualTo("1");
			assertThat(payload(client.read(RawClient.TEXT))).isEqualTo("fragmented".getBytes());
		}
	}

	@Test
	void section5_4_aContinuationContinuesSomething() throws IOException {
		assertEnds(1002, RawClient.frame(true, RawClient.CONTINUATION, new byte[1]));
		assertEnds(1002, RawClient.frame(false, RawClient.CONTINUATION, new byte[1]));
		assertEnds(1002, text(false, "a"), RawClient.frame(true, RawClient.CONTINUATION, new byte[1]),
				RawClient.frame(true, RawClient.CONTINUATION, new byte[1]));
	}

	@Test
	void section5_4_messagesDoNotInterleave() throws IOException {
		assertEnds(1002, text(false, "a"), text(true, "b"));
		assertEnds(1002, text(false, "a"), RawClient.frame(false, RawClient.BINARY, new byte[1]));
	}

	@ParameterizedTest
	@ValueSource(ints = { RawClient.CLOSE, RawClient.PING, RawClient.PONG })
	void section5_5_controlFramesAreShortAndWhole(int opcode) throws IOException {
		assertEnds(1002, RawClient.frame(true, opcode, new byte[126]));
		assertEnds(1002, RawClient.frame(false, opcode, new byte[0]));
	}

	@Test
	void section5_5_1_aCloseCodeHasTwoBytes() throws IOException {
		assertEnds(1002, RawClient.frame(true, RawClient.CLOSE, new byte[1]));
	}

	@Test
	void section5_5_1_aCloseReasonIsUtf8() throws IOException {
		assertEnds(DROPPED, close(1000, BAD));
		assertEnds(1007, close(1000, new byte[] { 'a', (byte) 0xE2, (byte) 0x82 }));
	}

	@Test
	void section5_5_1_aCloseFrameIsAnsweredAndNothingIsReadAfterIt() throws IOException {
		try (RawClient client = connect(path())) {
			client.send(concat(close(1000, "bye".getBytes()), text(true, "too late"), ping(0)));
			RawClient.Frame close = client.read();
			assertThat(close.closeCode()).isEqualTo(1000);
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	@Test
	void section5_5_2_everyPingIsAnswered() throws IOException {
		try (RawClient client = connect(path())) {
			client.send(concat(IntStream.range(0, 10).mapToObj(ConformanceTests::ping).toArray(byte[][]::new)));
			for (int i = 0; i < 10; i++) {
				assertThat(client.read(RawClient.PONG).payload()).isEqualTo(new byte[] { (byte) i });
			}
			byte[] longest = new byte[125];
			client.send(RawClient.frame(true, RawClient.PING, longest));
			assertThat(client.read(RawClient.PONG).payload()).isEqualTo(longest);
		}
	}

	@Test
	void section5_5_3_aPongThatNobodyAskedForIsNoError() throws Exception {
		try (RawClient client = connect(path())) {
			client.send(RawClient.frame(true, RawClient.PONG, new byte[] { 1 }));
			client.send(text(true, "a"));
			assertThat(payload(client.read(RawClient.TEXT))).isEqualTo("a".getBytes());
		}
	}

	@ParameterizedTest
	@MethodSource
	void section5_6_and_8_1_textIsUtf8(byte[][] frames) throws IOException {
		assertEnds(1007, frames);
	}

	static Stream<Object> section5_6_and_8_1_textIsUtf8() {
		byte[] half = { (byte) 0xF0, (byte) 0x9F };
		return Stream
			.of(new byte[][] { RawClient.frame(true, RawClient.TEXT, BAD) },
					new byte[][] { RawClient.frame(true, RawClient.TEXT, half) },
					new byte[][] { RawClient.frame(false, RawClient.TEXT, BAD) },
					new byte[][] { RawClient.frame(false, RawClient.TEXT, half),
							RawClient.frame(false, RawClient.CONTINUATION, "a".getBytes()) },
					new byte[][] { RawClient.frame(false, RawClient.TEXT, half),
							RawClient.frame(true, RawClient.CONTINUATION, new byte[0]) },
					new byte[][] { text(false, "a"), ping(1), RawClient.frame(true, RawClient.CONTINUATION, BAD) })
			.map(Object.class::cast);
	}

	@Test
	void section5_6_aCharacterMayBeCut() throws Exception {
		byte[] text = "aä€😀".getBytes(StandardCharsets.UTF_8);
		try (RawClient client = connect(path())) {
			client.send(RawClient.frame(false, RawClient.TEXT, new byte[0]));
			for (byte b : text) {
				client.send(RawClient.frame(false, RawClient.CONTINUATION, new byte[] { b }));
			}
			client.send(RawClient.frame(true, RawClient.CONTINUATION, new byte[0]));
			assertThat(payload(client.read(RawClient.TEXT))).isEqualTo(text);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999 })
	void section7_4_forbiddenCloseCodesAreNotAnswered(int code) throws IOException {
		assertEnds(DROPPED, close(code, new byte[0]));
	}

	@ParameterizedTest
	@ValueSource(ints = { 5000, 32768, 65535 })
	void section7_4_2_closeCodesEndAt4999(int code) throws IOException {
		assertEnds(1002, close(code, "bye".getBytes()));
	}

	@ParameterizedTest
	@ValueSource(
			ints = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 })
	void section7_4_allowedCloseCodesAreAnswered(int code) throws IOException {
		try (RawClient client = connect(path())) {
			client.send(close(code, "bye".getBytes()));
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(code);
		}
	}

	@Test
	void section10_4_messagesAboveTheLimitEndIn1009() throws IOException {
		assertEnds(1009, RawClient.frame(false, RawClient.BINARY, new byte[65536]),
				RawClient.frame(true, RawClient.CONTINUATION, new byte[1]));
		if (this.compressed) {
			byte[] bomb = deflate(new byte[60_000_000]);
			assertThat(bomb).hasSizeLessThan(65536);
			assertEnds(1009, RawClient.frame(0xC2, true, bomb));
		}
	}

	@Test
	void section10_4_endlesslyManyEmptyFragmentsEndIn1009() throws IOException {
		byte[] fragment = RawClient.frame(false, RawClient.CONTINUATION, new byte[0]);
		byte[] fragments = new byte[fragment.length * 20_000];
		for (int i = 0; i < fragments.length; i += fragment.length) {
			System.arraycopy(fragment, 0, fragments, i, fragment.length);
		}
		String path = path();
		try (RawClient client = connect(path)) {
			client.send(text(false, "a"));
			client.send(fragments);
			awaitEnd(path);
		}
		catch (IOException ex) {
			awaitEnd(path);
		}
		assertThat(events().closed(path)).extracting(RecordingListener.Closed::code).containsExactly(1009);
	}

	@Test
	void compressedTextIsCheckedToo() throws Exception {
		if (this.compressed) {
			assertEnds(1007, RawClient.frame(0xC1, true, deflate(BAD)));
			assertEnds(1007, RawClient.frame(0xC1, true, new byte[] { -1, -1, -1 }));
			try (RawClient client = connect(path())) {
				client.send(RawClient.frame(0xC1, true, deflate("hello".getBytes())));
				assertThat(payload(client.read(RawClient.TEXT))).isEqualTo("hello".getBytes());
			}
		}
	}

	private void assertEnds(int code, byte[]... frames) throws IOException {
		String path = path();
		try (RawClient client = connect(path)) {
			client.send(concat(frames));
			if (code != DROPPED) {
				assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(code);
			}
			assertThat(client.isClosedByServer()).isTrue();
			awaitEnd(path);
			RecordingListener.Closed end = events().closed(path).get(0);
			assertThat(end.cause()).isEqualTo((code != 1009) ? CloseCause.PROTOCOL_ERROR : CloseCause.TOO_LARGE);
			if (code != DROPPED) {
				assertThat(end.code()).isEqualTo(code);
			}
		}
	}

	private static void awaitEnd(String path) {
		await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> !events().closed(path).isEmpty());
	}

	private static RecordingListener events() {
		return server.bean(RecordingListener.class);
	}

	private static String path() {
		return "/echo/" + COUNT.incrementAndGet();
	}

	private RawClient connect(String path) throws IOException {
		return this.compressed ? RawClient.connect(server.port(), path, "Sec-WebSocket-Extensions: permessage-deflate")
				: RawClient.connect(server.port(), path);
	}

	private static byte[] text(boolean fin, String text) {
		return RawClient.frame(fin, RawClient.TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	private static byte[] ping(int payload) {
		return RawClient.frame(true, RawClient.PING, new byte[] { (byte) payload });
	}

	private static byte[] close(int code, byte[] reason) {
		return RawClient.frame(true, RawClient.CLOSE, concat(new byte[] { (byte) (code >> 8), (byte) code }, reason));
	}

	private static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream whole = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			whole.writeBytes(part);
		}
		return whole.toByteArray();
	}

	private static byte[] deflate(byte[] message) {
		Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
		deflater.setInput(message);
		byte[] output = new byte[message.length + 100];
		int length = deflater.deflate(output, 0, output.length, Deflater.SYNC_FLUSH);
		deflater.end();
		return Arrays.copyOf(output, length - 4);
	}

	// Of the first message of a connection only: nothing before it is referred to.
	private static byte[] payload(RawClient.Frame frame) throws DataFormatException {
		if ((frame.rsv() & 4) == 0) {
			return frame.payload();
		}
		Inflater inflater = new Inflater(true);
		inflater.setInput(concat(frame.payload(), new byte[] { 0, 0, -1, -1 }));
		byte[] output = new byte[100_000];
		int length = inflater.inflate(output);
		inflater.end();
		return Arrays.copyOf(output, length);
	}

	@Configuration(proxyBeanMethods = false)
	static class Compression {

		@Bean
		WebSocketHandlerAdapter webSocketHandlerAdapter() {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(
					new ReactorNettyRequestUpgradeStrategy(WebsocketServerSpec.builder().compress(true))));
		}

	}

}
