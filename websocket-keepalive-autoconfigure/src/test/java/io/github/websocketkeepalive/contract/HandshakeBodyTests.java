package io.github.websocketkeepalive.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.admission.AdmissionRequest;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What comes in the packet of a handshake behind its head: a body is read and dropped, as
 * it is without the starter, and frames reach the handler.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith({ OutputCaptureExtension.class, LeakDetection.class })
class HandshakeBodyTests {

	private static final String CHUNKED = "Transfer-Encoding: chunked";

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServer(Transport transport) {
		server = TestServer.on(transport).start(Endpoints.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@ParameterizedTest
	@CsvSource({ "/handler, 0", "/handler, 5", "/handler, -1", "/handler, -6", "/route, 0", "/route, 5", "/route, -1",
			"/route, -6", "/slow, 5", "/slow, -6" })
	void aBodyIsDropped(String path, int body, CapturedOutput output) throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(request(path, body));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
			client.sendText("one");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("one");
		}
		assertThat(output).doesNotContain("ERROR");
	}

	@ParameterizedTest
	@CsvSource({ "/handler, 0", "/handler, 5", "/handler, -6", "/route, 0", "/route, 5", "/route, -6" })
	void framesInThePacketOfTheRequestReachTheHandler(String path, int body) throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(withFrames(request(path, body)));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
			client.sendText("three");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("one");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("two");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("three");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/handler", "/route" })
	void aPingAndACloseFrameInThePacketOfTheRequestAreAnswered(String path) throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(withFrames(request(path, 0), RawClient.frame(true, RawClient.PING, new byte[] { 7 }),
					RawClient.frame(true, RawClient.CLOSE, new byte[] { 3, (byte) 0xE8 })));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
			assertThat(client.read(RawClient.PONG).payload()).containsExactly(7);
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1000);
			assertThat(client.isClosedByServer()).isTrue();
		}
	}

	/**
	 * Cut where a frame ends, within a frame and not at all.
	 */
	@ParameterizedTest
	@CsvSource({ "/handler, 9", "/handler, 5", "/handler, 18", "/slow, 9", "/slow, 5", "/slow, 18" })
	void framesThatComeBeforeTheAnswerOverHttp2ReachTheHandlerInOrder(String path, int cut) throws Exception {
		byte[] frames = withFrames("");
		try (TestServer server = TestServer.on(this.transport)
			.property("server.http2.enabled", true)
			.start(Endpoints.class);
				Http2Client client = Http2Client.connectAndSend(server.port(), path, false, Arrays.copyOf(frames, cut),
						Arrays.copyOfRange(frames, cut, frames.length))) {
			client.sendText("three");
			await().untilAsserted(() -> assertThat(client.messages()).containsExactly("one", "two", "three"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "/handler, false", "/handler, true", "/slow, false", "/slow, true" })
	void aCloseFrameBeforeTheAnswerOverHttp2IsAnsweredBehindTheEchoes(String path, boolean ends) throws Exception {
		byte[] frames = withFrames("", RawClient.frame(true, RawClient.CLOSE, new byte[] { 3, (byte) 0xE8 }));
		try (TestServer server = TestServer.on(this.transport)
			.property("server.http2.enabled", true)
			.start(Endpoints.class);
				Http2Client client = Http2Client.connectAndSend(server.port(), path, ends, frames)) {
			assertThat(client.closeCode().get(10, TimeUnit.SECONDS)).isEqualTo(1000);
			assertThat(client.messages()).containsExactly("one", "two");
			await().until(() -> server.connections().count() == 0);
		}
	}

	@Test
	void aRequestThatIsTheEndOfItsStreamIsRefusedAndKeepsNoPlace() throws Exception {
		try (TestServer server = TestServer.on(this.transport)
			.property("server.http2.enabled", true)
			.property("websocket-keepalive.admission.max-connections", 1)
			.start(Endpoints.class)) {
			for (int i = 0; i < 3; i++) {
				assertThat(Http2Client.statusOfEndedHandshake(server.port(), "/handler")).isEqualTo("400");
			}
		}
	}

	@Test
	void aStreamThatEndsBeforeTheAnswerIsAnEofBehindItsFrames() throws Exception {
		try (TestServer server = TestServer.on(this.transport)
			.property("server.http2.enabled", true)
			.start(Endpoints.class, RecordingListener.class);
				Http2Client client = Http2Client.connectAndSend(server.port(), "/slow", true, withFrames(""))) {
			await().until(() -> !server.bean(RecordingListener.class).closed().isEmpty());
			assertThat(server.bean(RecordingListener.class).closed()).singleElement()
				.satisfies((end) -> assertThat(end.cause()).isEqualTo(CloseCause.EOF));
			client.awaitClosed();
		}
	}

	@Test
	void framesThatComeByteByByteBeforeTheAnswerOverHttp2ReachTheHandler() throws Exception {
		byte[] frames = withFrames("");
		byte[][] data = new byte[frames.length][];
		for (int i = 0; i < data.length; i++) {
			data[i] = new byte[] { frames[i] };
		}
		try (TestServer server = TestServer.on(this.transport)
			.property("server.http2.enabled", true)
			.start(Endpoints.class);
				Http2Client client = Http2Client.connectAndSend(server.port(), "/slow", false, data)) {
			await().untilAsserted(() -> assertThat(client.messages()).containsExactly("one", "two"));
		}
	}

	@Test
	void aClientThatSendsFramesWhileAPolicyDecidesIsRefused() throws IOException {
		try (TestServer server = TestServer.on(this.transport).start(Endpoints.class, LatePolicy.class);
				RawClient client = RawClient.connectOnly(server.port(), 0)) {
			LatePolicy policy = server.bean(LatePolicy.class);
			client.send(RawClient.handshake("/route"));
			await().until(() -> policy.decision.currentSubscriberCount() == 1);
			client.sendText("too early");
			assertThat(client.readResponse()).startsWith("HTTP/1.1 400");
		}
	}

	@Test
	void aHandshakeThatWaitedForARequestBeforeItIsAnsweredThoughNoBodyFollows() throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send("HEAD /slow-page HTTP/1.1\r\nHost: localhost\r\n\r\n"
					+ RawClient.handshake("/handler", "Content-Length: 5"));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 404");
			assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
		}
	}

	// The codec of HTTP has taken the frames for a request by then.
	@ParameterizedTest
	@ValueSource(ints = { 0, 5, -6 })
	void aClientThatDoesNotWaitForALaterAnswerIsRefused(int body) throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(withFrames(request("/slow", body)));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 400").containsIgnoringCase("Connection: close");
		}
	}

	@Test
	void aFrameThatBreaksTheProtocolInThePacketOfTheRequestEndsTheConnection() throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(request("/handler", 5) + "no frame");
			assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
			assertThat(client.read(RawClient.CLOSE).closeCode()).isEqualTo(1002);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 5", "Transfer-Encoding: chunked" })
	void aClientThatOnlySaysThatABodyFollowsIsAnswered(String header) throws IOException {
		try (RawClient client = RawClient.connect(server.port(), "/handler", header)) {
			client.sendText("one");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("one");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 5, -6 })
	void aHandlerThatDoesNotUpgradeGetsTheBody(int body) throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			for (int i = 0; i < 2; i++) {
				client.send(request("/http", body));
				assertThat(client.readResponse()).startsWith("HTTP/1.1 200").contains("X-Body: xxxxx");
			}
		}
	}

	private static byte[] withFrames(String request, byte[]... more) {
		ByteArrayOutputStream packet = new ByteArrayOutputStream();
		packet.writeBytes(request.getBytes(StandardCharsets.ISO_8859_1));
		packet.writeBytes(RawClient.frame(true, RawClient.TEXT, "one".getBytes(StandardCharsets.UTF_8)));
		packet.writeBytes(RawClient.frame(true, RawClient.TEXT, "two".getBytes(StandardCharsets.UTF_8)));
		for (byte[] frame : more) {
			packet.writeBytes(frame);
		}
		return packet.toByteArray();
	}

	private static String request(String path, int body) {
		String content = "x".repeat(Math.abs(body));
		if (body < 0) {
			String text = "x".repeat(-body - 1);
			String chunk = text.isEmpty() ? "" : Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
			return RawClient.handshake(path, CHUNKED) + chunk + "0\r\n\r\n";
		}
		return RawClient.handshake(path, "Content-Length: " + body) + content;
	}

	/**
	 * Never decides.
	 */
	static class LatePolicy implements AdmissionPolicy {

		private final Sinks.One<AdmissionDecision> decision = Sinks.one();

		@Override
		public Mono<AdmissionDecision> decide(AdmissionRequest request) {
			return this.decision.asMono();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints {

		@Bean
		@WebSocketMapping({ "/handler", "/slow" })
		WebSocketHandler handler() {
			return (session) -> session.send(session.receive().map(WebSocketMessage::retain));
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes
				.ws("/route",
						(inbound, outbound) -> outbound
							.sendObject(inbound.receiveFrames().doOnNext((frame) -> frame.retain())))
				.get("/http", (request, response) -> request.receive()
					.aggregate()
					.asString()
					.flatMap((body) -> response.header("X-Body", body).header("Content-Length", "0").send().then()));
		}

		@Bean
		WebFilter filter() {
			return (exchange, chain) -> exchange.getRequest().getPath().value().startsWith("/slow")
					? Mono.delay(Duration.ofMillis(200)).then(chain.filter(exchange)) : chain.filter(exchange);
		}

	}

}
