package io.github.websocketkeepalive.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
 * The rules of RFC 6455 sections 5 to 7 as the peer of a server or of a client sees them,
 * with and without permessage-deflate. Each test is named after its section.
 */
@ParameterizedClass
@CsvSource({ "EPOLL, false", "EPOLL, true", "NIO, false", "NIO, true" })
@ExtendWith(LeakDetection.class)
abstract class ConformanceTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int DROPPED = 0;

	private static final int FIN = 0x80;

	private static final byte[] BAD = { 'a', (byte) 0xC3, 'b' };

	private static final AtomicInteger COUNT = new AtomicInteger();

	static TestServer server;

	@Parameter(0)
	private Transport transport;

	@Parameter(1)
	private boolean compressed;

	private final boolean masks;

	/**
	 * Create the tests.
	 * @param masks whether the peer masks what it sends, as clients do
	 */
	ConformanceTests(boolean masks) {
		this.masks = masks;
	}

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
	void section5_1_framesOfAClientAreMaskedAndThoseOfAServerAreNot() throws IOException {
		assertEnds(1002, RawClient.frame(0x81, !this.masks, new byte[5]));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0x10, 0x20, 0x30, 0x70 })
	void section5_2_reservedBitsAreZero(int bits) throws IOException {
		for (int opcode : new int[] { RawClient.TEXT, RawClient.BINARY, RawClient.CLOSE, RawClient.PING,
				RawClient.PONG }) {
			assertEnds(1002, frame(FIN | bits | opcode, new byte[0]));
		}
		assertEnds(1002, text(false, "a"), frame(FIN | bits, new byte[0]));
	}

	@Test
	void section5_2_theBitOfCompressionIsZeroUnlessItIsAgreedAndOnTheFirstFrame() throws IOException {
		if (this.compressed) {
			byte[] hello = deflate("hello".getBytes());
			assertEnds(1002, frame(0x41, Arrays.copyOf(hello, 3)),
					frame(0xC0, Arrays.copyOfRange(hello, 3, hello.length)));
		}
		else {
			assertEnds(1002, frame(0xC1, new byte[1]));
		}
		assertEnds(1002, frame(0xC9, new byte[0]));
		assertEnds(1002, frame(0xC8, new byte[0]));
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF })
	void section5_2_otherOpcodesAreUnknown(int opcode) throws IOException {
		assertEnds(1002, frame(FIN | opcode, new byte[0]));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 125, 126, 127, 128, 65535, 65536 })
	void section5_2_allLengthsAreEchoed(int length) throws Exception {
		try (RawClient client = connect(path())) {
			client.send(frame(FIN | RawClient.BINARY, new byte[length]));
			assertThat(payload(client.read(RawClient.BINARY))).isEqualTo(new byte[length]);
		}
	}

	@ParameterizedTest
	@CsvSource({ "5, 1002", "65535, 1002", "65537, 1009", "2147483647, 1009", "2147483648, 1009", "2147483649, 1009",
			"9223372036854775807, 1009", "-9223372036854775808, 1002", "-1, 1002" })
	void section5_2_lengthsOf64BitsAreShortestAndNotNegative(long length, int code) throws IOException {
		assertEnds(code,
				ByteBuffer.allocate(14)
					.put((byte) 0x82)
					.put((byte) (this.masks ? 0xFF : 0x7F))
					.putLong(length)
					.array());
	}

	@Test
	void section5_4_fragmentsMakeAMessageWithControlFramesAmongThem() throws Exception {
		try (RawClient client = connect(path())) {
			client.send(text(false, "frag"));
			client.send(frame(FIN | RawClient.PING, "1".getBytes()));
			client.send(frame(RawClient.CONTINUATION, new byte[0]));
			client.send(frame(FIN | RawClient.CONTINUATION, "mented".getBytes()));
			assertThat(client.read(RawClient.PONG).text()).isEqualTo("1");
			assertThat(payload(client.read(RawClient.TEXT))).isEqualTo("fragmented".getBytes());
		}
	}

	@Test
	void section5_4_aContinuationContinuesSomething() throws IOException {
		assertEnds(1002, frame(FIN | RawClient.CONTINUATION, new byte[1]));
		assertEnds(1002, frame(RawClient.CONTINUATION, new byte[1]));
		assertEnds(1002, text(false, "a"), frame(FIN | RawClient.CONTINUATION, new byte[1]),
				frame(FIN | RawClient.CONTINUATION, new byte[1]));
	}

	@Test
	void section5_4_messagesDoNotInterleave() throws IOException {
		assertEnds(1002, text(false, "a"), text(true, "b"));
		assertEnds(1002, text(false, "a"), frame(RawClient.BINARY, new byte[1]));
	}

	@ParameterizedTest
	@ValueSource(ints = { RawClient.CLOSE, RawClient.PING, RawClient.PONG })
	void section5_5_controlFramesAreShortAndWhole(int opcode) throws IOException {
		assertEnds(1002, frame(FIN | opcode, new byte[126]));
		assertEnds(1002, frame(opcode, new byte[0]));
	}

	@Test
	void section5_5_1_aCloseCodeHasTwoBytes() throws IOException {
		assertEnds(1002, frame(FIN | RawClient.CLOSE, new byte[1]));
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
			client.send(concat(IntStream.range(0, 10).mapToObj(this::ping).toArray(byte[][]::new)));
			for (int i = 0; i < 10; i++) {
				assertThat(client.read(RawClient.PONG).payload()).isEqualTo(new byte[] { (byte) i });
			}
			byte[] longest = new byte[125];
			client.send(frame(FIN | RawClient.PING, longest));
			assertThat(client.read(RawClient.PONG).payload()).isEqualTo(longest);
		}
	}

	@Test
	void section5_5_3_aPongThatNobodyAskedForIsNoError() throws Exception {
		try (RawClient client = connect(path())) {
			client.send(frame(FIN | RawClient.PONG, new byte[] { 1 }));
			client.send(text(true, "a"));
			assertThat(payload(client.read(RawClient.TEXT))).isEqualTo("a".getBytes());
		}
	}

	@Test
	void section5_6_and_8_1_textIsUtf8() throws IOException {
		byte[] half = { (byte) 0xF0, (byte) 0x9F };
		assertEnds(1007, frame(FIN | RawClient.TEXT, BAD));
		assertEnds(1007, frame(FIN | RawClient.TEXT, half));
		assertEnds(1007, frame(RawClient.TEXT, BAD));
		assertEnds(1007, frame(RawClient.TEXT, half), frame(RawClient.CONTINUATION, "a".getBytes()));
		assertEnds(1007, frame(RawClient.TEXT, half), frame(FIN | RawClient.CONTINUATION, new byte[0]));
		assertEnds(1007, text(false, "a"), ping(1), frame(FIN | RawClient.CONTINUATION, BAD));
	}

	@Test
	void section5_6_aCharacterMayBeCut() throws Exception {
		byte[] text = "aä€😀".getBytes(StandardCharsets.UTF_8);
		try (RawClient client = connect(path())) {
			client.send(frame(RawClient.TEXT, new byte[0]));
			for (byte b : text) {
				client.send(frame(RawClient.CONTINUATION, new byte[] { b }));
			}
			client.send(frame(FIN | RawClient.CONTINUATION, new byte[0]));
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
		assertEnds(1009, frame(RawClient.BINARY, new byte[65536]), frame(FIN | RawClient.CONTINUATION, new byte[1]));
		if (this.compressed) {
			byte[] bomb = deflate(new byte[60_000_000]);
			assertThat(bomb).hasSizeLessThan(65536);
			assertEnds(1009, frame(0xC2, bomb));
		}
	}

	@Test
	void section10_4_theDraftOfCompressionHasTheSameLimit() throws IOException {
		try (RawClient client = connect(path(), "Sec-WebSocket-Extensions: x-webkit-deflate-frame")) {
			client.send(frame(0xC2, deflate(new byte[60_000_000])));
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1009);
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	@Test
	void section10_4_endlesslyManyEmptyFragmentsEndIn1009() throws IOException {
		byte[] fragment = frame(RawClient.CONTINUATION, new byte[0]);
		byte[] fragments = new byte[fragment.length * 100_000];
		for (int i = 0; i < fragments.length; i += fragment.length) {
			System.arraycopy(fragment, 0, fragments, i, fragment.length);
		}
		String path = path();
		try (RawClient client = connect(path)) {
			client.send(text(false, "a"));
			client.send(fragments);
			client.isClosedByServer();
		}
		catch (IOException ex) {
			// The server closed it while the fragments were sent.
		}
		awaitEnd(path);
		assertThat(events().closed(path)).extracting(RecordingListener.Closed::code).containsExactly(1009);
	}

	@Test
	void compressedTextIsCheckedToo() throws Exception {
		if (this.compressed) {
			assertEnds(1007, frame(0xC1, deflate(BAD)));
			assertEnds(1007, frame(0xC1, new byte[] { -1, -1, -1 }));
			try (RawClient client = connect(path())) {
				client.send(frame(0xC1, deflate("hello".getBytes())));
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
		return connect(path,
				this.compressed ? new String[] { "Sec-WebSocket-Extensions: permessage-deflate" } : new String[0]);
	}

	/**
	 * Open a connection to something that echoes.
	 * @param headers what the peer sends in its handshake
	 */
	abstract RawClient connect(String path, String... headers) throws IOException;

	private byte[] frame(int firstByte, byte[] payload) {
		return RawClient.frame(firstByte, this.masks, payload);
	}

	private byte[] text(boolean fin, String text) {
		return frame(fin ? FIN | RawClient.TEXT : RawClient.TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	private byte[] ping(int payload) {
		return frame(FIN | RawClient.PING, new byte[] { (byte) payload });
	}

	private byte[] close(int code, byte[] reason) {
		return frame(FIN | RawClient.CLOSE, concat(new byte[] { (byte) (code >> 8), (byte) code }, reason));
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
