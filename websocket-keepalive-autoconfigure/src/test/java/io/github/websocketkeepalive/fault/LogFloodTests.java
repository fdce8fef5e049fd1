package io.github.websocketkeepalive.fault;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.WebsocketServerSpec;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.peer.LogLimiter;
import io.github.websocketkeepalive.probe.ProbeListener;
import io.github.websocketkeepalive.test.PlainWebSocketMapping;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A peer that causes the same line over and over has one in ten seconds.
 */
@ParameterizedClass
@EnumSource(Transport.class)
class LogFloodTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int OFTEN = 50;

	private static final int STREAMS = 100;

	private static final byte[] FRAGMENT = RawClient.frame(0x01, true, new byte[10]);

	private static final byte[] NOT_UTF8 = RawClient.frame(0x81, true, new byte[] { 'a', (byte) 0xC3, 0x28 });

	private static final byte[] UNMASKED = RawClient.frame(0x81, false, new byte[10]);

	@Parameter
	private Transport transport;

	private final Log log = new Log();

	private TestServer server;

	@BeforeEach
	void start() {
		this.server = TestServer.on(this.transport)
			.workers(1)
			.property("websocket-keepalive.logging.lifecycle-level", "off")
			.property("server.http2.enabled", true)
			.start(Application.class);
		this.log.attach();
	}

	@AfterEach
	void stop() {
		this.log.detach();
		this.server.close();
	}

	@ParameterizedTest
	@CsvSource({ "/echo, false", "/push, true" })
	void peersThatAreGoneWithinAFragment(String path, boolean reset) throws IOException {
		connectOften(path, reset, FRAGMENT);
		this.log.assertLimited("PrematureChannelClosureException", 0);
	}

	@Test
	void peersThatCloseWithinAFragment() throws IOException {
		connectOften("/echo", false, FRAGMENT, RawClient.frame(0x88, true, new byte[] { 3, (byte) 0xE8 }));
		this.log.assertLimited("PrematureChannelClosureException", 0);
		assertThat(this.server.bean(Application.class).downgraded).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/unread", "/careless" })
	void textThatIsNotUtf8(String path) throws IOException {
		connectOften(path, true, NOT_UTF8);
		this.log.assertLimited("text is not UTF-8", 1);
	}

	@Test
	void framesThatAreNotMasked() throws IOException {
		connectOften("/push", true, UNMASKED);
		this.log.assertLimited("not masked", 1);
	}

	@Test
	void moreThanTheFlowControlOfHttp2Allows() throws IOException {
		overflow("/careless");
		overflow("/careless");
		this.log.assertLimited("Flow control window exceeded", 1);
	}

	@Test
	void handshakesOfHttp2ThatEndTheirStreams() throws IOException {
		ask(1 | 4, handshake("/echo", "websocket"));
		this.log.assertLimited("End of stream is received", 1);
	}

	@Test
	void handshakesOfHttp2ForAnotherProtocol() throws IOException {
		ask(4, handshake("/echo", "unknown"));
		this.log.assertLimited("missing [:protocol=websocket]", 1);
	}

	@Test
	void handshakesOfHttp2WhoseLengthIsNoNumber() throws IOException {
		ask(4, handshake("/echo", "websocket", "content-length", "-1"));
		this.log.assertLimited("Content-Length value is not a number", 0);
	}

	@Test
	void connectionsOfHttp2ThatAskForNothingAndBreakTheRules() throws IOException {
		for (int i = 0; i < OFTEN; i++) {
			try (Socket socket = new Socket("localhost", this.server.port())) {
				DataOutputStream output = http2(socket);
				output.write(http2Frame(0, 0, 0, new byte[1]));
				readToTheEnd(socket);
			}
		}
		this.log.assertLimited("Frame of type 0 must be associated with a stream", 1);
	}

	@Test
	void offersOfCompressionThatCannotBeRead() throws IOException {
		for (int i = 0; i < OFTEN; i++) {
			try (RawClient client = RawClient.connectOnly(this.server.port(), 0)) {
				client.send(RawClient.handshake("/echo",
						"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=many"));
				assertThat(client.readResponse()).startsWith("HTTP/1.1 101").doesNotContain("sec-websocket-extensions");
			}
		}
		this.log.assertLimited("many", 0);
	}

	@Test
	void framesThatBreakTheRulesWhileAPolicyDecides() throws IOException {
		for (int i = 0; i < OFTEN; i++) {
			try (RawClient client = RawClient.connectOnly(this.server.port(), 0)) {
				client.send(RawClient.handshake("/route/undecided"));
				int asked = i + 1;
				await().atMost(PATIENCE).until(() -> this.server.bean(Application.class).asked.get() == asked);
				client.send(UNMASKED);
				client.isClosedByServer();
			}
		}
		this.log.assertLimited("not masked", 1);
	}

	@Test
	void aPolicyThatFails() throws IOException {
		for (int i = 0; i < OFTEN; i++) {
			try (RawClient client = RawClient.connectOnly(this.server.port(), 0)) {
				client.send(RawClient.handshake("/fail"));
				assertThat(client.readResponse()).startsWith("HTTP/1.1 503");
			}
		}
		this.log.assertLimited("The AdmissionPolicy", 1);
	}

	private void connectOften(String path, boolean reset, byte[]... frames) throws IOException {
		for (int i = 0; i < OFTEN; i++) {
			try (RawClient client = RawClient.connect(this.server.port(), path)) {
				for (byte[] frame : frames) {
					client.send(frame);
				}
				if (reset) {
					client.reset();
				}
			}
		}
		awaitNobody();
	}

	// Only of a stream that nobody reads the window is not opened again and again.
	private void overflow(String path) throws IOException {
		try (Socket socket = new Socket("localhost", this.server.port())) {
			DataOutputStream output = http2(socket);
			for (int i = 0; i < STREAMS; i++) {
				output.write(http2Frame(1, 4, 2 * i + 1, handshake((i == 0) ? "/unread" : path, "websocket")));
			}
			output.flush();
			await().atMost(PATIENCE).until(() -> this.server.connections().count() == STREAMS);
			byte[] large = http2Frame(0, 0, 1, RawClient.frame(0x82, true, new byte[16000]));
			for (int i = 0; i < 80; i++) {
				output.write(large);
			}
			output.flush();
			awaitNobody();
		}
		catch (IOException ex) {
			// The server has closed the connection before everything was written.
			awaitNobody();
		}
	}

	private void ask(int flags, byte[] request) throws IOException {
		for (int i = 0; i < OFTEN; i++) {
			try (Socket socket = new Socket("localhost", this.server.port())) {
				http2(socket).write(http2Frame(1, flags, 1, request));
				readAnswer(socket);
			}
		}
	}

	// Headers, or the reset of the stream.
	private static void readAnswer(Socket socket) throws IOException {
		socket.setSoTimeout((int) PATIENCE.toMillis());
		DataInputStream input = new DataInputStream(socket.getInputStream());
		int type;
		do {
			int length = input.readUnsignedByte() << 16 | input.readUnsignedShort();
			type = input.readUnsignedByte();
			input.skipNBytes(length + 5);
		}
		while (type != 1 && type != 3);
	}

	private static DataOutputStream http2(Socket socket) throws IOException {
		DataOutputStream output = new DataOutputStream(socket.getOutputStream());
		output.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		output.write(http2Frame(4, 0, 0, new byte[0]));
		return output;
	}

	private static void readToTheEnd(Socket socket) throws IOException {
		socket.setSoTimeout((int) PATIENCE.toMillis());
		socket.getInputStream().transferTo(OutputStream.nullOutputStream());
	}

	private void awaitNobody() {
		await().atMost(PATIENCE).until(() -> this.server.connections().count() == 0);
	}

	private static byte[] http2Frame(int type, int flags, int stream, byte[] payload) throws IOException {
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		DataOutputStream output = new DataOutputStream(frame);
		output.writeByte(0);
		output.writeShort(payload.length);
		output.writeByte(type);
		output.writeByte(flags);
		output.writeInt(stream);
		output.write(payload);
		return frame.toByteArray();
	}

	// Literal fields without indexing (RFC 7541 section 6.2.2).
	private static byte[] handshake(String path, String protocol, String... more) {
		List<String> fields = Stream
			.concat(Stream.of(":method", "CONNECT", ":protocol", protocol, ":scheme", "http", ":path", path,
					":authority", "localhost", "sec-websocket-version", "13"), Stream.of(more))
			.toList();
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		for (int i = 0; i < fields.size(); i++) {
			if (i % 2 == 0) {
				block.write(0);
			}
			block.write(fields.get(i).length());
			block.writeBytes(fields.get(i).getBytes(StandardCharsets.US_ASCII));
		}
		return block.toByteArray();
	}

	/**
	 * Keeps the lines at WARN and above.
	 */
	private static final class Log extends AppenderBase<ILoggingEvent> {

		private static final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

		private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

		private long attachedAt;

		void attach() {
			this.attachedAt = System.nanoTime();
			start();
			root.addAppender(this);
		}

		void detach() {
			root.detachAppender(this);
		}

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getLevel().isGreaterOrEqual(Level.WARN)
					&& !event.getLoggerName().equals(ResourceLeakDetector.class.getName())
					&& !event.getLoggerName().equals(EventLoopWatchdog.class.getName())) {
				event.prepareForDeferredProcessing();
				this.events.add(event);
			}
		}

		/**
		 * Assert that no kind of line was logged more than once in ten seconds, and that
		 * one was as often as it had to be.
		 */
		void assertLimited(String part, int least) {
			long intervals = 1 + (System.nanoTime() - this.attachedAt) / LogLimiter.INTERVAL.toNanos();
			Map<String, Long> kinds = this.events.stream()
				.collect(Collectors.groupingBy(Log::kind, Collectors.counting()));
			assertThat(kinds.values()).as(kinds.toString()).allMatch((count) -> count <= intervals);
			assertThat(this.events.stream().filter((event) -> text(event).contains(part)).count()).as(kinds.toString())
				.isGreaterThanOrEqualTo(least);
		}

		private static String kind(ILoggingEvent event) {
			return event.getLevel() + " " + event.getLoggerName() + " "
					+ ((event.getThrowableProxy() != null) ? event.getThrowableProxy().getMessage() : "");
		}

		private static String text(ILoggingEvent event) {
			return event.getFormattedMessage() + ((event.getThrowableProxy() != null)
					? event.getThrowableProxy().getClassName() + ": " + event.getThrowableProxy().getMessage() : "");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application implements ProbeListener {

		private final List<String> downgraded = new CopyOnWriteArrayList<>();

		private final AtomicInteger asked = new AtomicInteger();

		@Override
		public void onDowngraded(String logger) {
			this.downgraded.add(logger);
		}

		@Bean
		PlainWebSocketMapping handlers() {
			WebSocketHandler push = (session) -> session.send(Flux.interval(Duration.ZERO, Duration.ofSeconds(1))
				.onBackpressureDrop()
				.map((number) -> session.textMessage("message " + number)));
			WebSocketHandler echo = (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
			WebSocketHandler unread = (session) -> Mono.never();
			WebSocketHandler careless = (session) -> {
				session.receive().doOnNext(WebSocketMessage::getPayloadAsText).subscribe();
				return Mono.never();
			};
			return new PlainWebSocketMapping(
					Map.of("/push", push, "/echo", echo, "/unread", unread, "/careless", careless));
		}

		@Bean
		WebSocketHandlerAdapter compressing() {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(
					new ReactorNettyRequestUpgradeStrategy(WebsocketServerSpec.builder().compress(true))));
		}

		@Bean
		AdmissionPolicy policy() {
			return (request) -> switch (request.path()) {
				case "/fail" -> Mono.error(new IllegalStateException("deliberate"));
				case "/route/undecided" ->
					Mono.<AdmissionDecision>never().doOnSubscribe((asked) -> this.asked.incrementAndGet());
				default -> Mono.empty();
			};
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws("/route/undecided", (inbound, outbound) -> Mono.never());
		}

	}

}
