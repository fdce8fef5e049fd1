package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a broken peer sends ends its own connection, and no other.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class BadInputTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int LARGEST_FRAME = 65536;

	private static final AtomicInteger COUNT = new AtomicInteger();

	private static TestServer server;

	@Parameter
	private Transport transport;

	private RawClient neighbour;

	@BeforeParameterizedClassInvocation
	static void startServer(Transport transport) {
		server = TestServer.on(transport)
			.workers(1)
			.property("websocket-keepalive.echo.path", "/echo/**")
			.start(RecordingListener.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void connectNeighbour() throws IOException {
		RecordingListener events = server.bean(RecordingListener.class);
		int opened = events.opened().size();
		this.neighbour = RawClient.connect(server.port(), "/echo/neighbour");
		await().atMost(PATIENCE).until(() -> server.connections().count() == 1 && events.opened().size() == opened + 1);
	}

	@AfterEach
	void theNeighbourGoesOnEchoing() throws IOException {
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.connections().count()).isOne());
		this.neighbour.sendText("still there?");
		assertThat(this.neighbour.read(RawClient.TEXT).text()).isEqualTo("still there?");
		this.neighbour.close();
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void badInputEndsTheConnectionWithItsCause(BadInput input) throws IOException {
		String path = "/echo/" + COUNT.incrementAndGet();
		RecordingListener events = server.bean(RecordingListener.class);
		try (RawClient client = RawClient.connect(server.port(), path)) {
			client.sendText("fine");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("fine");
			input.act.on(client);
			assertThat(client.isClosedByServer()).isTrue();
			await().atMost(PATIENCE).until(() -> !events.closed(path).isEmpty());
		}
		assertThat(events.closed(path)).extracting(RecordingListener.Closed::cause).containsExactly(input.cause);
	}

	@ParameterizedTest
	@EnumSource
	void badHandshakesOpenNoConnection(BadHandshake handshake) throws IOException {
		RecordingListener events = server.bean(RecordingListener.class);
		int opened = events.opened().size();
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			handshake.act.on(client);
		}
		try (RawClient good = RawClient.connect(server.port(), "/echo/good")) {
			good.sendText("fine");
			assertThat(good.read(RawClient.TEXT).text()).isEqualTo("fine");
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(events.opened()).hasSize(opened + 1));
	}

	/**
	 * What breaks the protocol once a connection is open.
	 */
	enum BadInput {

		RESERVED_OPCODE(CloseCause.PROTOCOL_ERROR, frame(0x83, true, 5)),

		RESERVED_CONTROL_OPCODE(CloseCause.PROTOCOL_ERROR, frame(0x8B, true, 5)),

		UNMASKED_FRAME(CloseCause.PROTOCOL_ERROR, frame(0x81, false, 5)),

		UNMASKED_CLOSE(CloseCause.PROTOCOL_ERROR, frame(0x88, false, 0)),

		OVERSIZED_CONTROL_FRAME(CloseCause.PROTOCOL_ERROR, frame(0x89, true, 126)),

		FRAGMENTED_CONTROL_FRAME(CloseCause.PROTOCOL_ERROR, frame(0x09, true, 5)),

		CONTINUATION_OF_NOTHING(CloseCause.PROTOCOL_ERROR, frame(0x80, true, 5)),

		MESSAGE_WITHIN_A_MESSAGE(CloseCause.PROTOCOL_ERROR, frame(0x01, true, 5), frame(0x81, true, 5)),

		CLOSE_WITH_HALF_A_CODE(CloseCause.PROTOCOL_ERROR, frame(0x88, true, 1)),

		CLOSE_WITH_A_RESERVED_CODE(CloseCause.PROTOCOL_ERROR,
				RawClient.frame(0x88, true, new byte[] { 0x03, (byte) 0xED })),

		NEGATIVE_LENGTH(CloseCause.PROTOCOL_ERROR, header(0x82, -1)),

		LENGTH_NOT_IN_THE_SHORTEST_FORM(CloseCause.PROTOCOL_ERROR, header(0x82, 5)),

		GARBAGE(CloseCause.PROTOCOL_ERROR, "GET / HTTP/1.1\r\n\r\n".getBytes()),

		HUGE_LENGTH(CloseCause.TOO_LARGE, header(0x82, Long.MAX_VALUE)),

		LARGE_FRAME(CloseCause.TOO_LARGE, frame(0x82, true, LARGEST_FRAME + 1)),

		BAD_UTF8(CloseCause.PROTOCOL_ERROR, RawClient.frame(0x81, true, new byte[] { 'a', (byte) 0xC3, 0x28 })),

		RESERVED_BITS(CloseCause.PROTOCOL_ERROR, frame(0xC1, true, 5)),

		LARGE_MESSAGE(CloseCause.TOO_LARGE, frame(0x02, true, LARGEST_FRAME), frame(0x80, true, LARGEST_FRAME)),

		HALF_A_FRAME_THEN_FIN(CloseCause.EOF, (client) -> {
			client.send(Arrays.copyOf(frame(0x81, true, 20), 10));
			client.socket().shutdownOutput();
		}),

		HALF_A_FRAME_THEN_RST(CloseCause.RESET, (client) -> {
			client.send(Arrays.copyOf(frame(0x81, true, 20), 10));
			client.reset();
		});

		private final CloseCause cause;

		private final Act act;

		BadInput(CloseCause cause, byte[]... input) {
			this(cause, (client) -> {
				for (byte[] bytes : input) {
					client.send(bytes);
				}
			});
		}

		BadInput(CloseCause cause, Act act) {
			this.cause = cause;
			this.act = act;
		}

		private static byte[] frame(int firstByte, boolean masked, int length) {
			return RawClient.frame(firstByte, masked, new byte[length]);
		}

		private static byte[] header(int firstByte, long length) {
			return ByteBuffer.allocate(14).put((byte) firstByte).put((byte) 0xFF).putLong(length).array();
		}

	}

	/**
	 * What does not make a connection.
	 */
	enum BadHandshake {

		HALF_THEN_FIN((client) -> {
			client.send(half());
			client.socket().shutdownOutput();
		}),

		HALF_THEN_RST((client) -> {
			client.send(half());
			client.reset();
		}),

		WHOLE_THEN_RST_BEFORE_IT_IS_COMPLETE((client) -> {
			String handshake = RawClient.handshake("/echo/rst");
			client.send(handshake.substring(0, handshake.length() - 1));
			client.reset();
		}),

		WRONG_VERSION((client) -> sendVersion(client, "Sec-WebSocket-Version: 12\r\n")),

		OLD_VERSION((client) -> sendVersion(client, "Sec-WebSocket-Version: 8\r\n")),

		OLDER_VERSION((client) -> sendVersion(client, "Sec-WebSocket-Version: 7\r\n")),

		NO_VERSION((client) -> sendVersion(client, "")),

		NO_KEY((client) -> {
			client.send(RawClient.handshake("/echo/key").replaceFirst("Sec-WebSocket-Key: [^\r]*\r\n", ""));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 400");
		}),

		HUGE_HEADER((client) -> {
			client.send(RawClient.handshake("/echo/huge", "X-Huge: " + "x".repeat(100_000)));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 431");
		}),

		ENDLESSLY_MANY_EXTENSIONS((client) -> {
			client.send(RawClient.handshake("/echo/many", "Sec-WebSocket-Extensions: " + "a;b=\",".repeat(20_000)));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 431");
		}),

		NO_HANDLER((client) -> {
			client.send(RawClient.handshake("/elsewhere"));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 404");
		}),

		NOTHING((client) -> {
		}),

		GARBAGE((client) -> client.send(new byte[] { 0, 1, 2, 3, '\r', '\n', '\r', '\n' }));

		private final Act act;

		BadHandshake(Act act) {
			this.act = act;
		}

		private static void sendVersion(RawClient client, String version) throws IOException {
			client.send(RawClient.handshake("/echo/version").replace("Sec-WebSocket-Version: 13\r\n", version));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 426");
		}

		private static String half() {
			return RawClient.handshake("/echo/half").substring(0, 60);
		}

	}

	@FunctionalInterface
	private interface Act {

		void on(RawClient client) throws IOException;

	}

}
