package io.github.websocketkeepalive.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.resources.ConnectionProvider;

import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.ReconnectPolicy;
import io.github.websocketkeepalive.client.reconnect.RetryHint;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.test.Listening;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.StubConnection;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;
import io.github.websocketkeepalive.transport.TcpTuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class ConnectionAttemptTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final ScriptedServer.Script LIVE = (peer, number) -> peer.open().answerPings();

	private static final Map<Transport, TestServer> applications = new EnumMap<>(Transport.class);

	private final List<WebSocketSession> connected = new CopyOnWriteArrayList<>();

	private Duration handshakeTimeout = PATIENCE;

	@AfterAll
	static void stopApplications() {
		applications.values().forEach(TestServer::close);
		applications.clear();
	}

	static Stream<Arguments> failingHandlers() {
		IllegalStateException bug = new IllegalStateException("bug");
		return Stream.<Map.Entry<String, WebSocketHandler>>of(Map.entry("at once", (session) -> Mono.error(bug)),
				Map.entry("by throwing", (session) -> {
					throw bug;
				}), Map.entry("while it receives", (session) -> session.receive().concatMap((message) -> {
					throw bug;
				}).then()), Map.entry("while it sends", (session) -> session.send(Flux.error(bug))))
			.flatMap((handler) -> Stream.of(Transport.values())
				.map((transport) -> Arguments.argumentSet(handler.getKey() + " on " + transport, transport,
						handler.getValue())));
	}

	@ParameterizedTest
	@MethodSource("failingHandlers")
	void aHandlerThatFailsMayBeGivenAnotherConnection(Transport transport, WebSocketHandler handler)
			throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open().sendText("message");
			peer.answerPings();
		})) {
			Disconnect end = run(transport, server, handler);
			assertThat(end.cause()).isEqualTo("handler-error");
			assertThat(end.code()).isEqualTo(1011);
			assertThat(end.failure()).hasMessage("bug");
			assertThat(ReconnectPolicy.defaults().mayReturn(end, 0)).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aHandlerThatIsDoneEndsTheConnectionAsItWasMeantTo(Transport transport) throws IOException {
		try (ScriptedServer server = ScriptedServer.start(LIVE)) {
			Disconnect end = run(transport, server, (session) -> Mono.empty());
			assertThat(end.cause()).isEqualTo("local-closed");
			assertThat(end.isNormal()).isTrue();
			assertThat(end.failure()).isNull();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aHandlerThatFailsBecauseThePeerHasClosedIsNotToBlame(Transport transport) throws IOException {
		try (ScriptedServer server = ScriptedServer
			.start((peer, number) -> peer.open().sendClose(1012, "reconnect-after=700"))) {
			Disconnect end = run(transport, server,
					(session) -> session.receive().then(Mono.error(new IllegalStateException("no more"))));
			assertThat(end.cause()).isEqualTo("peer-closed");
			assertThat(end.code()).isEqualTo(1012);
			assertThat(end.description()).isEqualTo("peer-closed 1012 \"reconnect-after=700\"");
			assertThat(end.hint()).isEqualTo(new RetryHint(Duration.ofMillis(700), false));
		}
	}

	@ParameterizedTest
	@EnumSource
	void aCloseFrameWithoutACodeHasNoReason(Transport transport) throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.open().sendClose())) {
			Disconnect end = run(transport, server, (session) -> session.receive().then());
			assertThat(end.description()).isEqualTo("peer-closed 1005");
		}
	}

	@ParameterizedTest
	@EnumSource
	void theCodeIsTheOneThatTheServerWasTold(Transport transport) throws IOException {
		List<ScriptedServer.Frame> closes = new CopyOnWriteArrayList<>();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open().send("\u0081\u0001\u00ff");
			closes.add(peer.read());
			peer.awaitEnd();
		})) {
			Disconnect end = run(transport, server, (session) -> session.receive().then());
			assertThat(end.cause()).isEqualTo("protocol-error");
			assertThat(end.code()).isEqualTo(1007);
			assertThat(ReconnectPolicy.defaults().mayReturn(end, 0)).isFalse();
			await().atMost(PATIENCE).until(() -> closes.size() == 1);
			assertThat(closes.get(0).payload()).startsWith(1007 >> 8, 1007 & 0xFF);
		}
	}

	@ParameterizedTest
	@EnumSource
	void itTellsHowLongTheConnectionLived(Transport transport) throws IOException {
		AtomicInteger handled = new AtomicInteger();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open();
			await().until(() -> handled.get() == 1);
			peer.socket().close();
		})) {
			Disconnect end = run(transport, server, (session) -> {
				await().pollDelay(Duration.ofMillis(200)).until(() -> true);
				handled.incrementAndGet();
				return session.receive().then();
			});
			assertThat(end.cause()).isEqualTo("eof");
			assertThat(end.lived()).isBetween(Duration.ofMillis(200), PATIENCE);
			assertThat(this.connected).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void anAttemptThatOpensNothingHasNotLived(Transport transport) throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.refuse("503 Busy"))) {
			Disconnect end = run(transport, server, (session) -> Mono.empty());
			assertThat(end.isRefusal()).isTrue();
			assertThat(end.lived()).isNull();
			assertThat(this.connected).isEmpty();
		}
	}

	@Test
	void aSessionThatComesAfterTheTimeLimitIsNotHandled() throws IOException {
		this.handshakeTimeout = Duration.ofMillis(100);
		AtomicInteger handled = new AtomicInteger();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.awaitEnd())) {
			ConnectionAttempt attempt = attempt(Transport.NIO, server.uri(), (session) -> {
				handled.incrementAndGet();
				return Mono.never();
			});
			Disconnect end = attempt.run(http(Transport.NIO), WebsocketClientSpec::builder).block(PATIENCE);
			assertThat(end.cause()).isEqualTo("handshake-timeout");
			assertThat(end.description()).endsWith("no connection within 100 ms");
			attempt.handle(Mockito.mock(WebSocketSession.class)).block(PATIENCE);
			assertThat(handled).hasValue(0);
			assertThat(this.connected).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whoCancelsDuringTheHandshakeLeavesNoConnectionBehind(Transport transport) throws IOException {
		List<String> ends = new CopyOnWriteArrayList<>();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.readRequest();
			peer.awaitEnd();
			ends.add("end");
		})) {
			Disposable run = attempt(transport, server.uri(), (session) -> Mono.never())
				.run(http(transport), WebsocketClientSpec::builder)
				.subscribe();
			await().atMost(PATIENCE).until(() -> server.requests().size() == 1);
			run.dispose();
			await().atMost(PATIENCE).until(() -> ends.size() == 1);
		}
	}

	@Test
	void whoCancelsTheHandlerHasItsConnectionClosedWithoutWaitingForAFailure() {
		ConnectionRegistry registry = application(Transport.NIO).bean(ConnectionRegistry.class);
		StubConnection connection = StubConnection.withId("cancelled");
		registry.opened(connection);
		WebSocketSession session = Mockito.mock(WebSocketSession.class);
		Mockito.when(session.getId()).thenReturn(connection.getId());
		Mockito.when(session.closeStatus()).thenReturn(Mono.never());
		Disposable handled = attempt(Transport.NIO, URI.create("ws://localhost/"), (ignored) -> Mono.never())
			.handle(session)
			.subscribe();
		assertThat(connection.isHandled()).isTrue();
		handled.dispose();
		assertThat(connection.isHandled()).isFalse();
		registry.closed(connection, CloseCause.LOCAL_CLOSED, 1005);
	}

	@ParameterizedTest
	@EnumSource
	void theSubprotocolsOfTheHandlerAreOfferedAndMustBeAnswered(Transport transport) throws IOException {
		WebSocketHandler handler = new WebSocketHandler() {

			@Override
			public List<String> getSubProtocols() {
				return List.of("v2", "v1");
			}

			@Override
			public Mono<Void> handle(WebSocketSession session) {
				return Mono.empty();
			}

		};
		try (ScriptedServer server = ScriptedServer.start(LIVE)) {
			assertThat(run(transport, server, handler).description())
				.endsWith("no subprotocol of those that were offered");
			assertThat(server.requests()).singleElement().asString().containsIgnoringCase("protocol: v2,v1\r\n");
		}
	}

	private Disconnect run(Transport transport, ScriptedServer server, WebSocketHandler handler) {
		return attempt(transport, server.uri(), handler).run(http(transport), WebsocketClientSpec::builder)
			.block(PATIENCE);
	}

	private ConnectionAttempt attempt(Transport transport, URI uri, WebSocketHandler handler) {
		TestServer application = application(transport);
		ClientResources resources = new ClientResources(application.bean(Heartbeats.class),
				application.bean(TcpTuning.class), application.bean(ConnectionRegistry.class),
				application.bean(ClientConnections.class), Listening.by(ClientListener.class), null);
		ClientSettings settings = new ClientSettings("test", this.handshakeTimeout,
				new BackoffPolicy(SECOND, SECOND, SECOND), ReconnectPolicy.defaults(), 1, (disconnect) -> false,
				LivenessPolicy.of(PingMode.ALWAYS, SECOND, SECOND, SECOND, SECOND), () -> 0);
		return new ConnectionAttempt(settings, resources, new HandshakeRequest(uri), handler, this.connected::add);
	}

	private static HttpClient http(Transport transport) {
		return HttpClient.create(ConnectionProvider.newConnection())
			.runOn(application(transport).bean(ReactorResourceFactory.class).getLoopResources());
	}

	private static TestServer application(Transport transport) {
		return applications.computeIfAbsent(transport, (key) -> TestServer.on(key).workers(1).start());
	}

}
