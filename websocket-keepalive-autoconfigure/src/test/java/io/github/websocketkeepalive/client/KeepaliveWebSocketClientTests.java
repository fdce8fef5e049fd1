package io.github.websocketkeepalive.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.netty.channel.ChannelPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.Transport;
import io.github.websocketkeepalive.transport.ConnectionTap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application without a web server, against servers that misbehave.
 */
@ExtendWith(OutputCaptureExtension.class)
class KeepaliveWebSocketClientTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final WebSocketHandler LISTENING = (session) -> session.receive().then();

	private static final Map<Transport, ConfigurableApplicationContext> applications = new EnumMap<>(Transport.class);

	private final List<ConnectionState> states = new CopyOnWriteArrayList<>();

	private ConfigurableApplicationContext context;

	private WebSocketConnections connections;

	private Disposable run;

	@AfterEach
	void stopClient() {
		if (this.run != null) {
			this.run.dispose();
		}
		await().atMost(PATIENCE).until(() -> connections().count() == 0);
	}

	@AfterAll
	static void stopApplications() {
		applications.values().forEach(ConfigurableApplicationContext::close);
		applications.clear();
	}

	@ParameterizedTest
	@EnumSource
	void aHandlerThatIsDoneEndsTheClient(Transport transport) throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open().sendText("answer");
			peer.answerPings();
		})) {
			List<String> received = new CopyOnWriteArrayList<>();
			StepVerifier
				.create(client(transport).build()
					.execute(server.uri(),
							(session) -> session.receive()
								.map(WebSocketMessage::getPayloadAsText)
								.take(1)
								.doOnNext(received::add)
								.then()))
				.expectComplete()
				.verify(PATIENCE);
			assertThat(received).containsExactly("answer");
			assertThat(server.connections()).isEqualTo(1);
		}
	}

	@Test
	void aHandlerThatFailsIsGivenAnotherConnection() throws IOException {
		AtomicInteger count = new AtomicInteger();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.open().answerPings())) {
			run(client(Transport.EPOLL).build(), server.uri(), (session) -> (count.incrementAndGet() == 1)
					? Mono.error(new IllegalStateException("bug")) : session.receive().then());
			await().atMost(PATIENCE).until(() -> count.get() == 2);
			assertThat(waits()).singleElement()
				.satisfies((end) -> assertThat(end.cause()).isEqualTo("handler-error"))
				.satisfies((end) -> assertThat(end.failure()).hasMessage("bug"));
			stopClient();
		}
	}

	@ParameterizedTest
	@EnumSource
	void pingsAreMaskedAndTheConnectionHasItsNameRoleAndPath(Transport transport, CapturedOutput output)
			throws IOException {
		List<ScriptedServer.Frame> frames = new CopyOnWriteArrayList<>();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open();
			frames.add(peer.read());
			peer.awaitEnd();
		})) {
			run(client(transport).build(), server.uri(), LISTENING);
			await().atMost(PATIENCE).until(() -> !frames.isEmpty());
			assertThat(frames).singleElement().satisfies((frame) -> {
				assertThat(frame.opcode()).isEqualTo(RawClient.PING);
				assertThat(frame.masked()).isTrue();
				assertThat(frame.payload()).hasSize(8);
			});
			List<WebSocketConnection> opened = this.context.getBean(RecordingListener.class).opened();
			WebSocketConnection connection = opened.get(opened.size() - 1);
			assertThat(connection.getRole()).isEqualTo(Role.CLIENT);
			assertThat(connection.getEndpoint()).isEqualTo("prices");
			assertThat(connection.getClientName()).isEqualTo("prices");
			assertThat(connection.getPath()).isEqualTo("/ws");
			assertThat(connection.getTransport()).isEqualTo(transport.name().toLowerCase());
			assertThat(output)
				.contains("opened: role=client client=prices endpoint=prices remote=127.0.0.1:" + server.port());
			stopClient();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aConnectionIsMeteredAtItsSocket(Transport transport) throws IOException {
		AtomicReference<ChannelPipeline> pipeline = new AtomicReference<>();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.open().answerPings())) {
			run(client(transport)
				.httpClient((client) -> client.doOnConnected((open) -> pipeline.set(open.channel().pipeline())))
				.build(), server.uri(), LISTENING);
			await().atMost(PATIENCE)
				.until(() -> connections().stream().anyMatch((open) -> open.getPongsReceived() > 0));
			assertThat(connections().stream()).allMatch((open) -> open.getBytesReceived() > 0);
			assertThat(pipeline.get().names()).isNotEmpty().doesNotContain(ConnectionTap.NAME);
			stopClient();
		}
	}

	@Test
	void uriAndHeadersAreAskedForBeforeEachAttempt() throws IOException {
		AtomicInteger token = new AtomicInteger();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.refuse("503 Busy"))) {
			Mono<HandshakeRequest> request = Mono.fromSupplier(() -> {
				HttpHeaders headers = new HttpHeaders();
				headers.setBearerAuth("token-" + token.incrementAndGet());
				return new HandshakeRequest(server.uri(), headers);
			});
			this.run = client(Transport.NIO).build().execute(request, LISTENING).subscribe();
			await().atMost(PATIENCE).until(() -> server.requests().size() >= 3);
			assertThat(server.requests().get(0)).contains("Bearer token-1").contains("GET /ws?token=secret ");
			assertThat(server.requests().get(2)).contains("Bearer token-3");
		}
	}

	@ParameterizedTest
	@EnumSource
	void aRedirectIsFollowedIfTheApplicationWantsItTo(Transport transport, CapturedOutput output) throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			if (number == 1) {
				peer.refuse("302 Found", "Location: /elsewhere");
			}
			else {
				peer.open().answerPings();
			}
		})) {
			run(client(transport).httpClient((http) -> http.followRedirect(true)).build(), server.uri(), LISTENING);
			await().atMost(PATIENCE)
				.until(() -> connections().stream().anyMatch((open) -> open.getPongsReceived() > 0));
			assertThat(waits()).isEmpty();
			assertThat(server.requests()).hasSize(2).last().asString().startsWith("GET /elsewhere ");
			assertThat(output).doesNotContain("\tat ");
			stopClient();
		}
	}

	@Test
	void aServerThatIsBackIsFoundBeforeLong() throws IOException {
		ScriptedServer.Script live = (peer, number) -> peer.open().answerPings();
		ScriptedServer server = ScriptedServer.start(live);
		int port = server.port();
		run(client(Transport.EPOLL).build(), server.uri(), LISTENING);
		await().atMost(PATIENCE).until(() -> connections().count() == 1);
		server.close();
		await().atMost(PATIENCE).until(() -> waits().size() >= 3);
		assertThat(waits()).element(1).extracting(Disconnect::cause).isEqualTo("connection-refused");
		try (ScriptedServer restarted = ScriptedServer.start(port, live)) {
			await().atMost(PATIENCE).until(() -> connections().count() == 1);
			assertThat(restarted.connections()).isEqualTo(1);
			stopClient();
		}
	}

	@Test
	void theServersHintIsObeyed() throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			if (number == 1) {
				peer.refuse("503 Busy", "Retry-After-Ms: 623", "Retry-After: 60");
			}
			else {
				peer.open().sendClose(1012, "reconnect-after=7321");
			}
		})) {
			run(client(Transport.EPOLL).build(), server.uri(), LISTENING);
			await().atMost(PATIENCE).until(() -> waits().size() >= 2);
			assertThat(delays()).startsWith(Duration.ofMillis(623), Duration.ofMillis(7321));
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatEverybodyIsToldToWaitIsWaitedAndSpread(Transport transport) throws IOException {
		List<Long> handshakes = new CopyOnWriteArrayList<>();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			handshakes.add(System.nanoTime());
			if (number == 1) {
				peer.refuse("503 Service Unavailable", "Retry-After: 1");
			}
			else {
				peer.open().answerPings();
			}
		})) {
			run(client(transport).build(), server.uri(), LISTENING);
			await().atMost(PATIENCE).until(() -> connections().count() == 1);
			assertThat(delays()).singleElement()
				.satisfies((delay) -> assertThat(delay).isBetween(Duration.ofMillis(1025), Duration.ofMillis(1050)));
			assertThat(Duration.ofNanos(handshakes.get(1) - handshakes.get(0))).isGreaterThanOrEqualTo(delays().get(0));
			stopClient();
		}
	}

	static Stream<Arguments> unreachable() throws IOException {
		int nobody;
		try (ServerSocket socket = new ServerSocket(0)) {
			nobody = socket.getLocalPort();
		}
		URI refused = URI.create("ws://localhost:" + nobody);
		URI dns = URI.create("ws://nowhere.invalid/");
		return Stream.of(Transport.values())
			.flatMap((transport) -> Stream.of(
					Arguments.argumentSet(transport + " refused", transport, refused, "connection-refused"),
					Arguments.argumentSet(transport + " dns", transport, dns, "dns-failed")));
	}

	@ParameterizedTest
	@MethodSource("unreachable")
	void failuresToConnectAreToldApart(Transport transport, URI uri, String cause, CapturedOutput output) {
		run(client(transport).build(), uri, LISTENING);
		await().atMost(PATIENCE).until(() -> !waits().isEmpty());
		assertThat(waits().get(0).cause()).isEqualTo(cause);
		assertThat(output).doesNotContain("\tat ");
	}

	@ParameterizedTest
	@EnumSource
	void aFailureOfTlsIsToldApart(Transport transport, CapturedOutput output) throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.send("HTTP/1.1 400 This is not TLS\r\n\r\n");
			peer.awaitEnd();
		})) {
			run(client(transport).build(), URI.create("wss://localhost:" + server.port()), LISTENING);
			await().atMost(PATIENCE).until(() -> waits().size() > 1);
			assertThat(waits().get(0).cause()).isEqualTo("tls-failed");
			assertThat(output).doesNotContain("\tat ");
		}
	}

	@ParameterizedTest
	@EnumSource
	void aLackOfPortsIsToldApart(Transport transport, CapturedOutput output) throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.open().answerPings())) {
			// The error that connect(2) ends with when there is no port left.
			InetSocketAddress unassigned = new InetSocketAddress("192.0.2.1", 0);
			run(client(transport).httpClient((http) -> http.bindAddress(() -> unassigned)).build(), server.uri(),
					LISTENING);
			await().atMost(PATIENCE).until(() -> waits().size() > 1);
			assertThat(waits().get(0).cause()).isEqualTo("ports-exhausted");
			assertThat(output).contains("this host has no local port or file descriptor left").doesNotContain("\tat ");
		}
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatAcceptsAndDropsSeesNoHotLoop(Transport transport) throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.open().socket().close())) {
			long start = System.nanoTime();
			run(client(transport).build(), server.uri(), LISTENING);
			await().atMost(PATIENCE).until(() -> waits().size() >= 6);
			this.run.dispose();
			Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
			assertThat(server.connections()).isLessThanOrEqualTo(waits().size() + 1)
				.isLessThanOrEqualTo((int) elapsed.dividedBy(Duration.ofMillis(25)) + 1);
		}
	}

	@Test
	void theTimeLimitOfTheHandshakeNeverTouchesALiveSession() throws IOException {
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> peer.open().answerPings())) {
			run(client(Transport.EPOLL).handshakeTimeout(Duration.ofMillis(300)).build(), server.uri(), LISTENING);
			await().atMost(PATIENCE)
				.until(() -> connections().stream().anyMatch((open) -> open.getPongsReceived() > 4));
			assertThat(waits()).isEmpty();
			assertThat(server.connections()).isEqualTo(1);
			stopClient();
		}
	}

	@Test
	void shuttingDownSaysGoodbye() throws IOException {
		List<ScriptedServer.Frame> frames = new CopyOnWriteArrayList<>();
		try (ScriptedServer server = ScriptedServer.start((peer, number) -> {
			peer.open();
			ScriptedServer.Frame frame = peer.read();
			while (frame.opcode() != RawClient.CLOSE) {
				peer.pong(frame.payload());
				frame = peer.read();
			}
			frames.add(frame);
			peer.socket().close();
		})) {
			run(client(start(Transport.EPOLL)).build(), server.uri(), LISTENING);
			await().atMost(PATIENCE)
				.until(() -> this.states.stream().anyMatch(ConnectionState.Connected.class::isInstance));
			this.context.close();
			await().atMost(PATIENCE).until(() -> frames.size() == 1);
			assertThat(frames.get(0).payload()).startsWith(1001 >> 8, 1001 & 0xFF);
			await().atMost(PATIENCE)
				.until(() -> this.states.get(this.states.size() - 1) instanceof ConnectionState.Ended);
		}
	}

	private KeepaliveWebSocketClient.Builder client(Transport transport) {
		return client(applications.computeIfAbsent(transport, KeepaliveWebSocketClientTests::start));
	}

	private KeepaliveWebSocketClient.Builder client(ConfigurableApplicationContext application) {
		this.context = application;
		this.connections = application.getBean(WebSocketConnections.class);
		return application.getBean(KeepaliveWebSocketClient.Builder.class).name("prices");
	}

	private static ConfigurableApplicationContext start(Transport transport) {
		Consumer<GenericApplicationContext> loops = (context) -> context.registerBean(ReactorResourceFactory.class,
				() -> {
					ReactorResourceFactory resources = new ReactorResourceFactory();
					resources.setUseGlobalResources(false);
					resources.setLoopResourcesSupplier(() -> transport.loops(1));
					resources.setShutdownQuietPeriod(Duration.ZERO);
					return resources;
				});
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(Map.of("spring.main.banner-mode", "off", "websocket-keepalive.client.handshake-timeout", "1s",
					"websocket-keepalive.client.backoff.min", "50ms", "websocket-keepalive.client.backoff.max", "200ms",
					"websocket-keepalive.heartbeat.allow-short", true, "websocket-keepalive.client.heartbeat.interval",
					"100ms", "websocket-keepalive.client.heartbeat.timeout", "1s"))
			.initializers((context) -> loops.accept((GenericApplicationContext) context))
			.run();
	}

	private void run(KeepaliveWebSocketClient client, URI uri, WebSocketHandler handler) {
		ReconnectingWebSocket socket = client.connect(Mono.just(new HandshakeRequest(uri)), handler);
		socket.states().subscribe(this.states::add);
		this.run = socket.run().subscribe();
	}

	private WebSocketConnections connections() {
		return this.connections;
	}

	private List<Disconnect> waits() {
		return waiting().map(ConnectionState.Waiting::reason).toList();
	}

	private List<Duration> delays() {
		return waiting().map(ConnectionState.Waiting::delay).toList();
	}

	private Stream<ConnectionState.Waiting> waiting() {
		return this.states.stream()
			.filter(ConnectionState.Waiting.class::isInstance)
			.map(ConnectionState.Waiting.class::cast);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(RecordingListener.class)
	static class Application {

	}

}
