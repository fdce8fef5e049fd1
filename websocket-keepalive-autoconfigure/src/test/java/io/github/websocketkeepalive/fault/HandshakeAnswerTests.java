package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.transport.ProxyProvider;
import reactor.test.StepVerifier;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.ReconnectPolicy;
import io.github.websocketkeepalive.client.reconnect.RetryHint;
import io.github.websocketkeepalive.client.reconnect.WebSocketEndedException;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a client makes of the bytes with which its opening handshake is answered.
 */
@ExtendWith(OutputCaptureExtension.class)
class HandshakeAnswerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final String GREETING = new String(
			RawClient.frame(0x80 | RawClient.TEXT, false, "hello".getBytes(StandardCharsets.UTF_8)),
			StandardCharsets.ISO_8859_1);

	private static final String HTML = "<html>\r\n<body>\r\n<h1>No</h1>\r\n</body>\r\n</html>\r\n";

	private static final List<String> TUNNELLED = List.of("ws://192.0.2.1/", "wss://192.0.2.1/");

	private static final Map<Transport, TestServer> applications = new EnumMap<>(Transport.class);

	@AfterAll
	static void stopApplications() {
		applications.values().forEach(TestServer::close);
		applications.clear();
	}

	@ParameterizedTest
	@EnumSource
	void whatIsToldOfAnAnswerIsWhatHappened(Answer answer, CapturedOutput output) throws IOException {
		for (Transport transport : Transport.values()) {
			try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
				answer.script.serve(peer, number);
				peer.awaitEnd();
			})) {
				Disconnect end = end(client(transport), server.uri());
				assertThat(end.cause()).isEqualTo(answer.cause);
				assertThat(end.code()).isEqualTo(answer.code);
				assertThat(end.description()).endsWith(answer.description);
				assertThat(end.hint())
					.isEqualTo((answer.code == 503) ? new RetryHint(Duration.ofSeconds(7), true) : null);
			}
		}
		assertThat(output).doesNotContain("\tat ").doesNotContain("x-secret");
	}

	@ParameterizedTest
	@EnumSource
	void whatComesBeforeAndWithTheHandshakeLosesNoMessage(Welcome welcome) throws IOException {
		for (Transport transport : Transport.values()) {
			try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
				String accepting = peer.accepting();
				peer.send(welcome.before);
				if (welcome.later) {
					await().pollDelay(Duration.ofMillis(100)).until(() -> true);
				}
				peer.send(accepting + welcome.header + "\r\n" + GREETING);
				peer.answerPings();
			})) {
				assertThatItReceivesTheGreeting(client(transport), server.uri());
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void anExtensionThatWasNotOfferedIsRefusedAlsoWithCompression(Transport transport, CapturedOutput output)
			throws IOException {
		try (ScriptedServer server = ScriptedServer
			.start((peer, number) -> peer.open("Sec-WebSocket-Extensions: x-unknown").awaitEnd())) {
			Disconnect end = end(client(transport).websocketSpec(() -> WebsocketClientSpec.builder().compress(true)),
					server.uri());
			assertThat(end.cause()).isEqualTo("invalid-response");
			assertThat(output).doesNotContain("\tat ");
		}
	}

	@ParameterizedTest
	@EnumSource
	void aRedirectIsFollowedWithoutItsBodyAndItsConnectionIsClosed(Transport transport) throws IOException {
		List<String> ends = new CopyOnWriteArrayList<>();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			if (number == 1) {
				peer.readRequest();
				peer.send("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 100000\r\n\r\nsome");
				peer.awaitEnd();
				ends.add("end");
			}
			else {
				peer.open().send(GREETING);
				peer.answerPings();
			}
		})) {
			assertThatItReceivesTheGreeting(client(transport).httpClient((http) -> http.followRedirect(true)),
					server.uri());
			assertThat(server.requests()).hasSize(2).last().asString().startsWith("GET /elsewhere ");
			await().atMost(PATIENCE).until(() -> ends.size() == 1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aProxyThatRefusesTellsItsStatusWhateverItsBodyIs(ProxyBody body, CapturedOutput output) throws IOException {
		for (int status : new int[] { 403, 407, 502 }) {
			for (String uri : TUNNELLED) {
				for (Transport transport : Transport.values()) {
					try (ScriptedServer proxy = ScriptedServer.start((peer, number) -> body.refuse(peer, status))) {
						Disconnect end = end(client(transport).httpClient((http) -> via(proxy, http)), URI.create(uri));
						assertThat(end.description()).isEqualTo("the proxy did not connect: status " + status);
						assertThat(end.cause()).isEqualTo("proxy-failed");
						assertThat(end.code()).isEqualTo(status);
						assertThat(end.isRefusal()).isTrue();
						assertThat(end.hint()).isEqualTo(new RetryHint(Duration.ofSeconds(7), true));
						assertThat(ReconnectPolicy.defaults().mayReturn(end, 0)).isEqualTo(status == 502);
					}
				}
			}
		}
		assertThat(output).doesNotContain("\tat ");
	}

	@ParameterizedTest
	@FieldSource("TUNNELLED")
	void aProxyThatIsNoneIsToldFromARefusal(String uri) throws IOException {
		for (Transport transport : Transport.values()) {
			try (ScriptedServer proxy = ScriptedServer.start((peer, number) -> {
				peer.send("SSH-2.0-OpenSSH_9.6\r\nmore\r\n");
				peer.awaitEnd();
			})) {
				Disconnect end = end(client(transport).httpClient((http) -> via(proxy, http)), URI.create(uri));
				assertThat(end.cause()).isEqualTo("proxy-failed");
				assertThat(end.code()).isZero();
				assertThat(end.description()).contains("invalid version format");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aProxyThatConnectsIsInNobodysWay(Transport transport) throws IOException {
		try (ScriptedServer proxy = ScriptedServer.start((peer, number) -> {
			peer.readRequest();
			peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Connection established\r\n\r\n");
			peer.open().send(GREETING);
			peer.answerPings();
		})) {
			assertThatItReceivesTheGreeting(client(transport).httpClient((http) -> via(proxy, http)),
					URI.create("ws://192.0.2.1/ws"));
			assertThat(proxy.requests()).hasSize(2).last().asString().startsWith("GET /ws ");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws://user:secret@localhost:%d/ws", "wws://localhost:%d/ws?token=secret",
			"/ws?token=secret", "ws://user:secret@my_host:%d/" })
	void aUriThatNobodyCanConnectToFailsAtOnceAndIsNotQuoted(String uri, CapturedOutput output) throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.open().answerPings())) {
			Disconnect end = end(application(Transport.EPOLL).bean(KeepaliveWebSocketClient.Builder.class),
					URI.create(uri.formatted(server.port())));
			assertThat(end.cause()).isEqualTo("invalid-uri");
			assertThat(server.connections()).isZero();
			assertThat(output).contains("has given up").doesNotContain("secret");
		}
	}

	@Test
	void aRelativeUriIsOneOfTheBaseUrlOfTheHttpClient() throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open().send(GREETING);
			peer.answerPings();
		})) {
			assertThatItReceivesTheGreeting(
					client(Transport.EPOLL).httpClient((http) -> http.baseUrl("ws://localhost:" + server.port())),
					URI.create("/ws"));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void theLongestMessageIsKeptWhateverIsSetFirst(boolean first) throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open().sendText("more than ten bytes");
			peer.awaitEnd();
		})) {
			KeepaliveWebSocketClient.Builder builder = client(Transport.EPOLL);
			if (first) {
				builder.maxMessageSize(10);
			}
			builder.websocketSpec(() -> WebsocketClientSpec.builder().maxFramePayloadLength(1000));
			if (!first) {
				builder.maxMessageSize(10);
			}
			Disconnect end = end(builder, server.uri());
			assertThat(end.cause()).isEqualTo("too-large");
			assertThat(end.code()).isEqualTo(1009);
		}
	}

	private static void assertThatItReceivesTheGreeting(KeepaliveWebSocketClient.Builder client, URI uri) {
		List<String> received = new CopyOnWriteArrayList<>();
		WebSocketHandler handler = (session) -> session.receive()
			.map(WebSocketMessage::getPayloadAsText)
			.take(1)
			.doOnNext(received::add)
			.then();
		StepVerifier.create(client.build().execute(uri, handler)).expectComplete().verify(PATIENCE);
		assertThat(received).containsExactly("hello");
	}

	private static Disconnect end(KeepaliveWebSocketClient.Builder client, URI uri) {
		Throwable failure = client.build()
			.execute(uri, (session) -> session.receive().then())
			.then(Mono.<Throwable>empty())
			.onErrorResume(Mono::just)
			.block(PATIENCE);
		assertThat(failure).isInstanceOf(WebSocketEndedException.class);
		return ((WebSocketEndedException) failure).getDisconnect();
	}

	private static HttpClient via(ScriptedServer proxy, HttpClient http) {
		return http.proxy((options) -> options.type(ProxyProvider.Proxy.HTTP).host("localhost").port(proxy.port()));
	}

	private static KeepaliveWebSocketClient.Builder client(Transport transport) {
		return application(transport).bean(KeepaliveWebSocketClient.Builder.class).maxAttempts(1);
	}

	private static TestServer application(Transport transport) {
		return applications.computeIfAbsent(transport,
				(key) -> TestServer.on(key)
					.workers(1)
					.property("websocket-keepalive.client.handshake-timeout", "3s")
					.start());
	}

	private enum Answer {

		REFUSAL_WITH_A_LARGE_BODY("HTTP/1.1 503 Busy\r\nX-Server: x-secret\r\nRetry-After: 7\r\n"
				+ "Content-Length: 100000\r\n\r\n" + "x".repeat(100_000), 503),

		REFUSAL_WITHOUT_AN_END("HTTP/1.1 503 Busy\r\nX-Server: x-secret\r\nRetry-After: 7\r\n\r\nwait", 503),

		REFUSAL_IN_CHUNKS_WITHOUT_AN_END(
				"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 503),

		REFUSAL_BEFORE_A_LARGE_HEAD("HTTP/1.1 401 Unauthorized\r\nX-Large: " + "x".repeat(100_000) + "\r\n\r\n", 401),

		SSH("SSH-2.0-OpenSSH_9.6\r\n", "invalid version format: SSH-2.0-OPENSSH_9.6"),

		INTERIM_RESPONSES_WITHOUT_AN_END("HTTP/1.1 102 Processing\r\n\r\n".repeat(20),
				"more than 16 interim responses"),

		LARGE_HEAD(false, "X-Large: " + "x".repeat(100_000) + "\r\n", "HTTP header is larger than 65536 bytes."),

		OLD_HTTP(true, "", "HTTP/1.0 cannot switch protocols"),

		TWO_ACCEPTS(false, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
				"sec-websocket-accept comes more than once"),

		TWO_PROTOCOLS(false, "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n",
				"sec-websocket-protocol comes more than once"),

		EXTENSION(false, "Sec-WebSocket-Extensions: permessage-deflate\r\n", "an extension that was not offered");

		private final ScriptedServer.Script script;

		private final String cause;

		private final int code;

		private final String description;

		Answer(String bytes, int status) {
			this(sending(bytes), "http-status", status, "the server refused the handshake with status " + status);
		}

		Answer(String bytes, String fault) {
			this(sending(bytes), "invalid-response", 0, "the answer is not a WebSocket handshake: " + fault);
		}

		Answer(boolean old, String header, String fault) {
			this((peer, number) -> {
				String accepting = peer.accepting();
				peer.send((old ? accepting.replace("HTTP/1.1", "HTTP/1.0") : accepting) + header + "\r\n" + GREETING);
			}, "invalid-response", 0, "the answer is not a WebSocket handshake: " + fault);
		}

		Answer(ScriptedServer.Script script, String cause, int code, String description) {
			this.script = script;
			this.cause = cause;
			this.code = code;
			this.description = description;
		}

		private static ScriptedServer.Script sending(String bytes) {
			return (peer, number) -> {
				peer.readRequest();
				peer.send(bytes);
			};
		}

	}

	private enum Welcome {

		PLAIN("", false, ""),

		INTERIM("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n", false, ""),

		INTERIM_AND_LATER("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n", true, ""),

		LARGE_HEAD("", false, "X-Large: " + "x".repeat(20_000) + "\r\n");

		private final String before;

		private final boolean later;

		private final String header;

		Welcome(String before, boolean later, String header) {
			this.before = before;
			this.later = later;
			this.header = header;
		}

	}

	/**
	 * What follows the head with which a proxy refuses.
	 */
	private enum ProxyBody {

		NONE("Content-Length: 0", ""),

		ONE_BYTE("Content-Length: 1", "x"),

		PAGE("Content-Type: text/html\r\nContent-Length: " + HTML.length(), HTML),

		LARGE_PAGE("Content-Length: " + HTML.length() * 200, HTML.repeat(200)),

		PART_OF_A_PAGE("Content-Length: 100000", HTML),

		CHUNKS("Transfer-Encoding: chunked", Integer.toHexString(HTML.length()) + "\r\n" + HTML + "\r\n0\r\n\r\n"),

		UNTIL_THE_END("Connection: close", HTML),

		LATER("Content-Length: " + HTML.length(), HTML),

		ENDLESS("Connection: close", HTML);

		private final String header;

		private final String bytes;

		ProxyBody(String header, String bytes) {
			this.header = header;
			this.bytes = bytes;
		}

		void refuse(ScriptedServer.Peer peer, int status) throws IOException {
			peer.readRequest();
			String head = "HTTP/1.1 " + status + " No\r\nRetry-After: 7\r\n" + this.header + "\r\n\r\n";
			if (this == LATER) {
				peer.send(head);
				peer.send(this.bytes);
			}
			else {
				peer.send(head + this.bytes);
			}
			while (this == ENDLESS) {
				peer.send(this.bytes);
			}
			if (this == UNTIL_THE_END) {
				peer.socket().shutdownOutput();
			}
			peer.awaitEnd();
		}

	}

}
