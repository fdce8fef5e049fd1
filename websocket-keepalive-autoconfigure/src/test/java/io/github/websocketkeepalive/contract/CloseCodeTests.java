package io.github.websocketkeepalive.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ManagedConnection;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.Protocol;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * The code of a Close frame arrives, though the peer is sending: as with browsers, a peer
 * whose write fails before it has read the Close frame has lost its code.
 */
@ParameterizedClass
@MethodSource("servers")
@ExtendWith(LeakDetection.class)
class CloseCodeTests {

	/**
	 * How often each kind of close is tried on each kind of connection.
	 */
	private static final int CLOSES = Integer.getInteger("closes", 3);

	/**
	 * What a peer sends on until it has read a Close frame: much less than a server
	 * discards.
	 */
	private static final int MAX_SENT = 20_000_000;

	private static final int MESSAGES = 300;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	/**
	 * Netty has nothing to do for its mask of zeros. With leak detection it would take
	 * longer than the sending.
	 */
	private static final byte[] MESSAGE = ByteBuffer.allocate(16_008)
		.put((byte) 0x82)
		.put((byte) 0xFE)
		.putShort((short) 16_000)
		.array();

	@TempDir
	private static Path directory;

	private static TestServer server;

	@Parameter(0)
	private Protocol protocol;

	@Parameter(1)
	private Transport transport;

	static Stream<Arguments> servers() {
		return Stream.of(Transport.values())
			.flatMap((transport) -> Stream.of(Protocol.HTTP1, Protocol.HTTP1_OVER_TLS, Protocol.HTTP2_CLEARTEXT)
				.map((protocol) -> Arguments.of(protocol, transport)));
	}

	@BeforeParameterizedClassInvocation
	static void startServer(Protocol protocol, Transport transport) throws Exception {
		server = protocol.server(transport, directory)
			.heartbeat("1h", "1h")
			.start(Application.class, RecordingListener.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@ParameterizedTest
	@EnumSource
	void theCodeArrivesThoughThePeerIsSending(Close close) throws Exception {
		RecordingListener events = server.bean(RecordingListener.class);
		for (int i = 0; i < CLOSES; i++) {
			try (Peer peer = connect(close.path)) {
				await().atMost(PATIENCE).until(() -> server.connections().count() == 1);
				peer.send(close.trigger);
				if (close == Close.OPERATOR) {
					server.connections().stream().forEach(CloseCodeTests::closeByOperator);
				}
				assertThat(codeReadBy(peer, close.sendsOn)).isEqualTo(close.code);
				peer.awaitClosed();
				await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
			}
		}
		await().atMost(PATIENCE).until(() -> events.closed().size() >= CLOSES);
		assertThat(events.closed()).hasSize(CLOSES)
			.allSatisfy((end) -> assertThat(end.cause()).isEqualTo(close.cause))
			.allSatisfy((end) -> assertThat(end.code()).isEqualTo(close.code));
		events.closed().clear();
	}

	@Test
	void twoViolationsInOnePacketAreToldByOneCloseFrame() throws Exception {
		assumeThat(this.protocol.isHttp2Stream()).isTrue();
		byte[] reserved = RawClient.frame(0xA1, true, new byte[] { 'a' });
		byte[] unknown = RawClient.frame(0x83, true, new byte[] { 'x' });
		byte[] both = ByteBuffer.allocate(reserved.length + unknown.length).put(reserved).put(unknown).array();
		assertThat(bytesOfAnswer(both)).isEqualTo(bytesOfAnswer(reserved));
	}

	private static int bytesOfAnswer(byte[] packet) throws Exception {
		RecordingListener events = server.bean(RecordingListener.class);
		try (Http2Client client = Http2Client.connect(server.port(), false, "/reader", false)) {
			client.send(packet);
			assertThat(client.closeCode().get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1002);
			client.endStream();
			client.awaitClosed();
			await().atMost(PATIENCE).until(() -> !events.closed().isEmpty());
			events.closed().clear();
			return client.bytesReceived();
		}
	}

	@Test
	void aStreamThatItsPeerEndsWithoutAWordIsAnEofAtOnce() throws Exception {
		assumeThat(this.protocol.isHttp2Stream()).isTrue();
		RecordingListener events = server.bean(RecordingListener.class);
		try (Http2Client client = Http2Client.connect(server.port(), false, "/reader", false)) {
			client.endStream();
			client.awaitClosed();
			assertThat(client.isReset()).isFalse();
			await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
		}
		await().atMost(PATIENCE).until(() -> !events.closed().isEmpty());
		assertThat(events.closed()).singleElement()
			.satisfies((end) -> assertThat(end.cause()).isEqualTo(CloseCause.EOF))
			.satisfies((end) -> assertThat(end.code()).isEqualTo(1006));
		events.closed().clear();
	}

	@Test
	void aStreamThatEndsIsReadToItsEndByAHandlerThatIsSlow() throws Exception {
		assumeThat(this.protocol.isHttp2Stream()).isTrue();
		RecordingListener events = server.bean(RecordingListener.class);
		AtomicInteger taken = server.bean(Application.class).taken;
		taken.set(0);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (int i = 0; i < MESSAGES; i++) {
			bytes.write(RawClient.frame(true, RawClient.TEXT, new byte[] { 'x' }));
		}
		bytes.write(RawClient.frame(true, RawClient.CLOSE, new byte[] { 3, (byte) 0xE8 }));
		try (Http2Client client = Http2Client.connect(server.port(), false, "/slow", false)) {
			client.send(bytes.toByteArray());
			client.endStream();
			await().atMost(PATIENCE).until(() -> !events.closed().isEmpty() && taken.get() == MESSAGES);
		}
		assertThat(events.closed()).singleElement()
			.satisfies((end) -> assertThat(end.cause()).isEqualTo(CloseCause.PEER_CLOSED))
			.satisfies((end) -> assertThat(end.code()).isEqualTo(1000));
		events.closed().clear();
	}

	private static void closeByOperator(WebSocketConnection connection) {
		((ManagedConnection) connection).close(CloseCause.OPERATOR, Close.OPERATOR.code, "");
	}

	private Peer connect(String path) throws Exception {
		return this.protocol.isHttp2Stream() ? new StreamPeer(Http2Client.connect(server.port(), false, path, false))
				: new SocketPeer(this.protocol.isTls() ? RawClient.connectOverTls(server.port(), path)
						: RawClient.connect(server.port(), path));
	}

	private static int codeReadBy(Peer peer, byte[] bytes) throws Exception {
		int sent = 0;
		while (!peer.closeCode().isDone() && sent < MAX_SENT) {
			if (peer.send(bytes)) {
				sent += bytes.length;
			}
			else {
				Thread.onSpinWait();
			}
		}
		return peer.closeCode().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	/**
	 * Why a connection is closed.
	 */
	enum Close {

		TOO_LARGE("/reader", header(20_000_000), new byte[16_000], 1009, CloseCause.TOO_LARGE),

		RESERVED_BIT("/reader", RawClient.frame(0xC2, true, new byte[1]), MESSAGE, 1002, CloseCause.PROTOCOL_ERROR),

		UNMASKED("/reader", RawClient.frame(0x82, false, new byte[1]), MESSAGE, 1002, CloseCause.PROTOCOL_ERROR),

		BAD_TEXT("/reader", RawClient.frame(0x81, true, new byte[] { (byte) 0xFF }), MESSAGE, 1007,
				CloseCause.PROTOCOL_ERROR),

		APPLICATION("/closes", MESSAGE, MESSAGE, 4500, CloseCause.LOCAL_CLOSED),

		HANDLER_FAILS("/fails", MESSAGE, MESSAGE, 1011, CloseCause.HANDLER_ERROR),

		OPERATOR("/reader", MESSAGE, MESSAGE, 1000, CloseCause.OPERATOR);

		private final String path;

		private final byte[] trigger;

		private final byte[] sendsOn;

		private final int code;

		private final CloseCause cause;

		Close(String path, byte[] trigger, byte[] sendsOn, int code, CloseCause cause) {
			this.path = path;
			this.trigger = trigger;
			this.sendsOn = sendsOn;
			this.code = code;
			this.cause = cause;
		}

		private static byte[] header(long length) {
			return ByteBuffer.allocate(14).put((byte) 0x82).put((byte) 0xFF).putLong(length).array();
		}

	}

	/**
	 * Who is on the other side.
	 */
	private interface Peer extends AutoCloseable {

		boolean send(byte[] bytes) throws IOException;

		CompletableFuture<Integer> closeCode();

		void awaitClosed() throws Exception;

	}

	private static final class SocketPeer implements Peer {

		private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();

		private final RawClient client;

		private final Thread reader;

		SocketPeer(RawClient client) {
			this.client = client;
			client.answersNoClose();
			this.reader = new Thread(this::read, "reader");
			this.reader.start();
		}

		private void read() {
			try {
				ByteBuffer payload = ByteBuffer.wrap(this.client.read(RawClient.CLOSE).payload());
				this.closeCode.complete((int) payload.getShort());
				this.client.sendClose(1000, "");
				this.client.isClosedByServer();
			}
			catch (IOException ex) {
				this.closeCode.completeExceptionally(ex);
			}
		}

		@Override
		public boolean send(byte[] bytes) throws IOException {
			try {
				this.client.send(bytes);
			}
			catch (IOException ex) {
				if (!this.closeCode.isDone()) {
					throw ex;
				}
			}
			return true;
		}

		@Override
		public CompletableFuture<Integer> closeCode() {
			return this.closeCode;
		}

		@Override
		public void awaitClosed() throws InterruptedException {
			this.reader.join();
		}

		@Override
		public void close() throws IOException {
			this.client.close();
		}

	}

	private static final class StreamPeer implements Peer {

		private final Http2Client client;

		StreamPeer(Http2Client client) {
			this.client = client;
		}

		@Override
		public boolean send(byte[] bytes) {
			return this.client.send(bytes);
		}

		@Override
		public CompletableFuture<Integer> closeCode() {
			return this.client.closeCode();
		}

		@Override
		public void awaitClosed() throws Exception {
			this.client.awaitClosed();
			assertThat(this.client.isReset()).isFalse();
		}

		@Override
		public void close() {
			this.client.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private final AtomicInteger taken = new AtomicInteger();

		@Bean
		@WebSocketMapping("/slow")
		WebSocketHandler slow() {
			return (session) -> session.receive()
				.map(WebSocketMessage::getPayloadAsText)
				.concatMap((text) -> Mono.delay(Duration.ofMillis(1)).thenReturn(text), 1)
				.doOnNext((text) -> this.taken.incrementAndGet())
				.then();
		}

		@Bean
		@WebSocketMapping("/reader")
		WebSocketHandler reader() {
			return (session) -> session.receive().then();
		}

		@Bean
		@WebSocketMapping("/fails")
		WebSocketHandler failing() {
			return (session) -> session.receive().doOnNext((message) -> {
				throw new IllegalStateException("expected");
			}).then();
		}

		@Bean
		@WebSocketMapping("/closes")
		WebSocketHandler closing() {
			return Application::close;
		}

		private static Mono<Void> close(WebSocketSession session) {
			return session.receive().concatMap((message) -> session.close(new CloseStatus(4500))).then();
		}

	}

}
