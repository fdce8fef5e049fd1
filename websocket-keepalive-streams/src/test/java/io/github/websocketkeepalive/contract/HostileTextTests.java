package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.WebFilter;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.ReconnectingWebSocket;
import io.github.websocketkeepalive.client.handshake.HandshakeRequest;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.stream.client.StreamClient;
import io.github.websocketkeepalive.stream.client.StreamSubscription;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.ScriptedServer;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever a peer may choose is hostile here. None of it reaches a line of our log, MDC,
 * a meter, an endpoint or what an application is likely to log as it is.
 */
class HostileTextTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/**
	 * More than a line may have, however many texts of a peer are in it.
	 */
	private static final int LONG = 6000;

	private static final int MAX_CHARACTERS = 1500;

	/**
	 * What a header may hold: no line break, but the one-character beginning of an escape
	 * sequence.
	 */
	private static final String HOSTILE_HEADER = "a\u009b2J\u0085b" + "x".repeat(LONG);

	private static final String HOSTILE_TEXT = "a\r\n2030-01-01 ERROR forged\u001b[2J\u202e\u2028\u009b";

	private final Log log = new Log();

	@ParameterizedTest
	@ValueSource(strings = { "native", "framework" })
	void aClientThatIsHostileInEveryField(String forwardHeaders) throws Exception {
		try (TestServer server = server(forwardHeaders); Log attached = this.log.attach()) {
			open(server, "/echo/1");
			open(server, "/route/" + HOSTILE_HEADER.substring(0, 1000));
			refuse(server);
			streams(server);
			assertThat(this.log.texts).anyMatch((text) -> text.contains("opened"))
				.anyMatch((text) -> text.contains("closed"))
				.anyMatch((text) -> text.contains("reason=refused"))
				.anyMatch((text) -> text.contains("Source 'failing' of stream 'a\\u202e"));
			assertHarmless(this.log.texts, MAX_CHARACTERS);
			assertHarmless(tags(server), PeerText.MAX_LENGTH);
		}
	}

	@Test
	void aServerThatIsHostileInEveryField() throws Exception {
		try (TestServer application = server("none"); Log attached = this.log.attach()) {
			assertHarmlessTo(application, (peer, number) -> peer.open().sendClose(1001, HOSTILE_TEXT));
			assertHarmlessTo(application, (peer, number) -> peer.open().sendClose(4999, HOSTILE_TEXT));
			assertHarmlessTo(application, (peer, number) -> peer.refuse("503 " + HOSTILE_HEADER,
					"Retry-After: " + HOSTILE_HEADER, "Retry-After-Ms: \u009b"));
			assertHarmlessTo(application, (peer, number) -> {
				peer.readRequest();
				peer.send("HTTP/1.1\u009b" + HOSTILE_HEADER + "\r\n\r\n");
			});
			assertHarmlessTo(application, (peer, number) -> peer.open("Sec-WebSocket-Protocol: " + HOSTILE_HEADER));
			assertThat(this.log.texts).anyMatch((text) -> text.contains("ERROR forged\\u001b"));
			assertHarmless(this.log.texts, MAX_CHARACTERS);
			assertHarmless(tags(application), PeerText.MAX_LENGTH);
		}
	}

	@Test
	void aServerOfStreamsThatIsHostile() throws Exception {
		String text = JsonMapper.shared().writeValueAsString(HOSTILE_TEXT + "x".repeat(LONG));
		try (TestServer application = server("none");
				Log attached = this.log.attach();
				ScriptedServer server = ScriptedServer.start((peer, number) -> {
					peer.open("Sec-WebSocket-Protocol: resumable.v1.json");
					for (int i = 0; i < 1000; i++) {
						peer.sendText("{\"type\":\"error\",\"code\":\"bad-frame\",\"message\":" + text + "}");
					}
					peer.sendText("{\"type\":" + text + text + "}");
					String open = peer.read().text();
					String name = JsonMapper.shared().readTree(open).get("stream").asString();
					peer.sendText(
							"{\"type\":\"error\",\"stream\":\"" + name + "\",\"code\":\"x\",\"message\":" + text + "}");
					peer.awaitEnd();
				})) {
			List<Throwable> failures = new CopyOnWriteArrayList<>();
			StreamClient client = application.bean(StreamClient.Builder.class).uri(server.uri()).build();
			client.rows(StreamSubscription.of("rows", Object.class)).subscribe(null, failures::add);
			await().atMost(PATIENCE).until(() -> !failures.isEmpty());
			assertHarmless(failures.stream().map(Throwable::toString).toList(), MAX_CHARACTERS);
			assertThat(this.log.texts).filteredOn((line) -> line.contains("does not understand")).hasSizeBetween(1, 10);
			assertHarmless(this.log.texts, MAX_CHARACTERS);
		}
	}

	private static TestServer server(String forwardHeaders) {
		return TestServer.on(Transport.values()[0])
			.workers(1)
			.property("server.forward-headers-strategy", forwardHeaders)
			.property("server.max-http-request-header-size", "64KB")
			.property("management.endpoints.web.exposure.include", "*")
			.property("websocket-keepalive.echo.path", "/echo/**")
			.property("websocket-keepalive.client.backoff.min", "50ms")
			.start(Application.class);
	}

	private void open(TestServer server, String path) throws Exception {
		try (RawClient client = RawClient.connect(server.port(), path, "X-Forwarded-For: " + HOSTILE_HEADER,
				"X-User: " + HOSTILE_HEADER, "User-Agent: " + HOSTILE_HEADER,
				"Sec-WebSocket-Protocol: " + HOSTILE_HEADER)) {
			await().atMost(PATIENCE).until(() -> server.connections().count() == 1);
			WebSocketConnection connection = server.connections().stream().findFirst().orElseThrow();
			assertHarmless(
					List.of(connection.toString(), connection.getPath(), String.valueOf(connection.getRemoteAddress()),
							String.valueOf(connection.getPrincipal()), String.valueOf(connection.getSubprotocol())),
					MAX_CHARACTERS);
			assertHarmless(texts(get(server, "")), PeerText.MAX_LENGTH + 10);
			assertHarmless(texts(get(server, "/" + connection.getId())), PeerText.MAX_LENGTH + 10);
			client.sendClose(4000, HOSTILE_TEXT);
			client.read(RawClient.CLOSE);
		}
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
	}

	private static void refuse(TestServer server) throws IOException {
		try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send(RawClient.handshake("/refused", "X-Forwarded-For: " + HOSTILE_HEADER,
					"Origin: http://" + HOSTILE_HEADER));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 403");
		}
	}

	private static void streams(TestServer server) throws IOException {
		try (StreamPeer peer = StreamPeer.connect(server.port(), "/ws/streams")) {
			peer.open("a\u202eb", "failing");
			peer.read("error");
			peer.open("a\u202eb", "\u202e\u2028");
			peer.read("error");
			peer.send("{'type':'open','stream':'\\u001b','ref':'\\u009b','source':'failing'}");
			peer.read("error");
		}
	}

	private void assertHarmlessTo(TestServer application, ScriptedServer.Script script) throws Exception {
		List<ConnectionState> states = new CopyOnWriteArrayList<>();
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		try (ScriptedServer server = ScriptedServer.start(script)) {
			ReconnectingWebSocket socket = application.bean(KeepaliveWebSocketClient.Builder.class)
				.name("prices")
				.build()
				.connect(Mono.just(new HandshakeRequest(server.uri())), (session) -> session.receive().then());
			socket.states().subscribe(states::add);
			Disposable run = socket.run().subscribe(null, failures::add);
			await().atMost(PATIENCE)
				.until(() -> states.stream()
					.anyMatch((state) -> state instanceof ConnectionState.Waiting
							|| state instanceof ConnectionState.Ended));
			run.dispose();
		}
		assertHarmless(states.stream().map(String::valueOf).toList(), MAX_CHARACTERS);
		assertHarmless(failures.stream().map(String::valueOf).toList(), MAX_CHARACTERS);
	}

	private static JsonNode get(TestServer server, String path) throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + server.port() + "/actuator/websockets" + path))
			.build();
		return JsonMapper.shared()
			.readTree(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
	}

	private static List<String> texts(JsonNode node) {
		if (node.isString()) {
			return List.of(node.asString());
		}
		List<String> texts = new ArrayList<>();
		node.forEach((child) -> texts.addAll(texts(child)));
		return texts;
	}

	private static List<String> tags(TestServer server) {
		return server.bean(MeterRegistry.class)
			.getMeters()
			.stream()
			.filter((meter) -> meter.getId().getName().startsWith("websocket."))
			.flatMap((meter) -> meter.getId().getTags().stream())
			.map(Tag::getValue)
			.toList();
	}

	private static void assertHarmless(List<String> texts, int mostCharacters) {
		assertThat(texts).allSatisfy((text) -> {
			assertThat(text).hasSizeLessThanOrEqualTo(mostCharacters);
			assertThat(text.codePoints().mapToObj(Character::toString)).allMatch((one) -> PeerText.of(one).equals(one));
		});
	}

	/**
	 * Keeps what our own loggers write, at every level, and what is in MDC meanwhile.
	 */
	private static final class Log extends AppenderBase<ILoggingEvent> implements AutoCloseable {

		private static final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

		private static final Logger ours = (Logger) LoggerFactory.getLogger("io.github.websocketkeepalive");

		private final List<String> texts = new CopyOnWriteArrayList<>();

		Log attach() {
			start();
			ours.setLevel(Level.TRACE);
			root.addAppender(this);
			return this;
		}

		@Override
		protected void append(ILoggingEvent event) {
			boolean own = event.getLoggerName().startsWith(ours.getName());
			// Its stack has lines, and nothing of a peer.
			if (own && !event.getLoggerName().equals(EventLoopWatchdog.class.getName())) {
				this.texts.add(event.getFormattedMessage());
			}
			Stream.concat(event.getMDCPropertyMap().keySet().stream(), event.getMDCPropertyMap().values().stream())
				.forEach(this.texts::add);
		}

		@Override
		public void close() {
			root.detachAppender(this);
			ours.setLevel(null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		WebFilter user() {
			return (exchange, chain) -> {
				String name = exchange.getRequest().getHeaders().getFirst("X-User");
				return chain.filter((name != null)
						? exchange.mutate().principal(Mono.<Principal>just(() -> name)).build() : exchange);
			};
		}

		@Bean
		AdmissionPolicy policy() {
			return (request) -> request.path().equals("/refused") ? Mono.just(AdmissionDecision.reject(403, "refused"))
					: Mono.empty();
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws("/route/{name}",
					(inbound, outbound) -> outbound
						.sendObject(inbound.receiveFrames().doOnNext((frame) -> frame.retain()))
						.then());
		}

		@Bean
		@WebSocketMapping("/ws/streams")
		StreamWebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.source("failing", (request, offset) -> Flux.error(new IllegalStateException("deliberate")))
				.build();
		}

	}

}
