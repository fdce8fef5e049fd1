package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.ReconnectingWebSocket;
import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.WebSocketEndedException;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a client does after each way in which a server ends a connection, or refuses one.
 */
@ExtendWith(OutputCaptureExtension.class)
class MisbehavingServerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Map<Transport, TestServer> applications = new EnumMap<>(Transport.class);

	@AfterAll
	static void stopApplications() {
		applications.values().forEach(TestServer::close);
		applications.clear();
	}

	@ParameterizedTest
	@EnumSource
	void aClientComesBackOrDoesNot(Misbehaviour misbehaviour, CapturedOutput output) throws IOException {
		check(Transport.EPOLL, misbehaviour, output);
	}

	@Tag("slow")
	@ParameterizedTest
	@EnumSource
	void aClientOnNioDoesNoOtherwise(Misbehaviour misbehaviour, CapturedOutput output) throws IOException {
		check(Transport.NIO, misbehaviour, output);
	}

	private void check(Transport transport, Misbehaviour misbehaviour, CapturedOutput output) throws IOException {
		TestServer application = applications.computeIfAbsent(transport, MisbehavingServerTests::start);
		List<ConnectionState> states = new CopyOnWriteArrayList<>();
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			if (number == 1) {
				misbehaviour.script.serve(peer, number);
			}
			else {
				peer.open().answerPings();
			}
		})) {
			ReconnectingWebSocket socket = application.bean(KeepaliveWebSocketClient.Builder.class)
				.name("prices")
				.build()
				.connect(Mono.just(new HandshakeRequest(server.uri())), (session) -> session.receive().then());
			socket.states().subscribe(states::add);
			Disposable run = socket.run().subscribe(null, failures::add);
			if (misbehaviour.then == Then.AGAIN) {
				assertThatItComesBack(misbehaviour, application, states);
			}
			else {
				assertThatItStaysAway(misbehaviour, states, failures);
			}
			assertThat(server.connections()).isEqualTo((misbehaviour.then == Then.AGAIN) ? 2 : 1);
			run.dispose();
			await().atMost(PATIENCE).until(() -> application.connections().count() == 0);
		}
		assertThat(output).contains("client prices ")
			.doesNotContain("\tat ")
			.doesNotContain("secret")
			.doesNotContain("observed an");
	}

	private static void assertThatItComesBack(Misbehaviour misbehaviour, TestServer application,
			List<ConnectionState> states) {
		await().atMost(PATIENCE)
			.until(() -> states.get(states.size() - 1) instanceof ConnectionState.Connected
					&& application.connections().stream().anyMatch((open) -> open.getPongsReceived() > 0));
		assertThat(states).filteredOn(ConnectionState.Waiting.class::isInstance)
			.singleElement()
			.isInstanceOfSatisfying(ConnectionState.Waiting.class, (waiting) -> {
				misbehaviour.assertThatItIs(waiting.reason());
				assertThat(waiting.delay()).isBetween(Duration.ofMillis(25), Duration.ofMillis(50));
			});
	}

	private static void assertThatItStaysAway(Misbehaviour misbehaviour, List<ConnectionState> states,
			List<Throwable> failures) {
		await().atMost(PATIENCE).until(() -> states.get(states.size() - 1) instanceof ConnectionState.Ended);
		assertThat(states).last()
			.isInstanceOfSatisfying(ConnectionState.Ended.class,
					(ended) -> misbehaviour.assertThatItIs(ended.reason()));
		if (misbehaviour.then == Then.DONE) {
			assertThat(failures).isEmpty();
		}
		else {
			await().atMost(PATIENCE).until(() -> !failures.isEmpty());
			assertThat(failures).singleElement().isInstanceOf(WebSocketEndedException.class);
		}
	}

	private static TestServer start(Transport transport) {
		return TestServer.on(transport)
			.workers(1)
			.property("websocket-keepalive.client.handshake-timeout", "1s")
			.property("websocket-keepalive.client.backoff.min", "50ms")
			.property("websocket-keepalive.client.backoff.max", "200ms")
			.property("websocket-keepalive.client.heartbeat.interval", "100ms")
			.property("websocket-keepalive.client.heartbeat.timeout", "1s")
			.start();
	}

	private enum Then {

		AGAIN, FINAL, DONE

	}

	private enum Misbehaviour {

		IS_KILLED(Then.AGAIN, "eof", 1006, (peer, number) -> peer.open().socket().close()),

		RESETS(Then.AGAIN, "reset", 1006, (peer, number) -> peer.open().reset()),

		IS_FROZEN(Then.AGAIN, "ping-timeout", 1011, (peer, number) -> peer.open().awaitEnd()),

		CLOSES_WITHOUT_A_CODE(Then.AGAIN, "peer-closed", 1005, (peer, number) -> peer.open().sendClose()),

		CLOSES_WITH_1000(Then.DONE, 1000),

		CLOSES_WITH_1001(Then.AGAIN, 1001),

		CLOSES_WITH_1002(Then.AGAIN, 1002),

		CLOSES_WITH_1003(Then.FINAL, 1003),

		// A server that sends what must not be sent would do so again.
		CLOSES_WITH_1004(Then.FINAL, "protocol-error", 1002, closing(1004)),

		CLOSES_WITH_1005(Then.FINAL, "protocol-error", 1002, closing(1005)),

		CLOSES_WITH_1006(Then.FINAL, "protocol-error", 1002, closing(1006)),

		CLOSES_WITH_1007(Then.FINAL, 1007),

		CLOSES_WITH_1008(Then.FINAL, 1008),

		CLOSES_WITH_1009(Then.FINAL, 1009),

		CLOSES_WITH_1010(Then.FINAL, 1010),

		CLOSES_WITH_1011(Then.AGAIN, 1011),

		CLOSES_WITH_1012(Then.AGAIN, 1012),

		CLOSES_WITH_1013(Then.AGAIN, 1013),

		CLOSES_WITH_1014(Then.AGAIN, 1014),

		CLOSES_WITH_1015(Then.FINAL, "protocol-error", 1002, closing(1015)),

		CLOSES_WITH_3000(Then.AGAIN, 3000),

		CLOSES_WITH_4000(Then.AGAIN, 4000),

		CLOSES_WITH_4500(Then.FINAL, 4500),

		SENDS_A_FRAME_THAT_IS_NONE(Then.FINAL, "protocol-error", 1002, (peer, number) -> {
			peer.open().send("\u00ff\u0000");
			peer.awaitEnd();
		}),

		REFUSES_WITH_503(Then.AGAIN, "http-status", 503, (peer, number) -> peer.refuse("503 Service Unavailable")),

		REFUSES_WITH_429(Then.AGAIN, "http-status", 429, (peer, number) -> peer.refuse("429 Too Many Requests")),

		REFUSES_WITH_401(Then.FINAL, "http-status", 401, (peer, number) -> peer.refuse("401 Unauthorized")),

		REFUSES_WITH_404(Then.FINAL, "http-status", 404, (peer, number) -> peer.refuse("404 Not Found")),

		REDIRECTS(Then.FINAL, "http-status", 302, (peer, number) -> peer.refuse("302 Found", "Location: /elsewhere")),

		TAKES_IT_FOR_A_REQUEST(Then.FINAL, "http-status", 200, (peer, number) -> peer.refuse("200 OK")),

		SENDS_TEXT_THAT_IS_NO_UTF_8(Then.FINAL, "protocol-error", 1007, (peer, number) -> {
			peer.open().send("\u0081\u0001\u00ff");
			peer.awaitEnd();
		}),

		SPEAKS_ANOTHER_PROTOCOL(Then.AGAIN, "invalid-response", 0, (peer, number) -> {
			peer.send("SSH-2.0-OpenSSH_9.6\r\n");
			peer.awaitEnd();
		}),

		TELLS_A_WRONG_KEY(Then.AGAIN, "invalid-response", 0, (peer, number) -> {
			peer.readRequest();
			peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Accept: wrong\r\n\r\n");
			peer.awaitEnd();
		}),

		DROPS_AT_ONCE(Then.AGAIN, "network", 0, (peer, number) -> peer.socket().close()),

		DROPS_IN_THE_HANDSHAKE(Then.AGAIN, "network", 0, (peer, number) -> {
			peer.readRequest();
			peer.socket().close();
		}),

		HANGS_IN_THE_HANDSHAKE(Then.AGAIN, "handshake-timeout", 0, (peer, number) -> peer.awaitEnd());

		private final Then then;

		private final String cause;

		private final int code;

		private final ScriptedServer.Script script;

		Misbehaviour(Then then, int code) {
			this(then, "peer-closed", code, closing(code));
		}

		Misbehaviour(Then then, String cause, int code, ScriptedServer.Script script) {
			this.then = then;
			this.cause = cause;
			this.code = code;
			this.script = script;
		}

		void assertThatItIs(Disconnect disconnect) {
			assertThat(disconnect.cause()).isEqualTo(this.cause);
			assertThat(disconnect.code()).isEqualTo(this.code);
		}

		private static ScriptedServer.Script closing(int code) {
			return (peer, number) -> peer.open().sendClose(code, "");
		}

	}

}
