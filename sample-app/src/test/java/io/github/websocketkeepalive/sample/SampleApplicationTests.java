package io.github.websocketkeepalive.sample;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SampleApplicationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final ReactorNettyWebSocketClient client = new ReactorNettyWebSocketClient();

	@LocalServerPort
	private int port;

	@Test
	void echoSendsBackWhatItReceives() {
		assertThat(exchange("/ws/echo", 2, "one", "two")).containsExactly("one", "two");
	}

	@Test
	void ticksArriveWithoutBeingAskedFor() {
		assertThat(exchange("/ws/ticks", 2)).containsExactly("tick 0", "tick 1");
	}

	@Test
	void slowTakesItsTimeForEachMessage() {
		long start = System.nanoTime();
		assertThat(exchange("/ws/slow", 3, "a", "b", "c")).containsExactly("a", "b", "c");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(600));
	}

	@Test
	void thePageForBrowsersAndItsScriptsAreServed() {
		web().get()
			.uri("/")
			.exchange()
			.expectBody(String.class)
			.value((page) -> assertThat(page).contains("/websocket-keepalive.js"));
		web().get()
			.uri("/websocket-keepalive.js")
			.exchange()
			.expectBody(String.class)
			.value((script) -> assertThat(script).contains("export class KeepaliveWebSocket"));
		web().get()
			.uri("/websocket-streams.js")
			.exchange()
			.expectBody(String.class)
			.value((script) -> assertThat(script).contains("export class KeepaliveStreams"));
	}

	@Test
	void textPingsAreAnswered() {
		assertThat(exchange("/ws/ticks", 1, "ping")).containsExactly("pong");
	}

	@Test
	void rowsContinueWhereAClientAsks() {
		List<String> frames = exchange("/ws/rows", 3, """
				{"type":"open","stream":"s1","source":"trades","from":{"epoch":"0","offset":999999}}""");
		assertThat(frames.get(0)).contains("\"opened\"", "\"offset\":999999", "\"recovered\":true");
		assertThat(frames.get(1)).contains("\"batch\"", "\"offset\":999999", "\"id\":1000000");
		assertThat(frames.get(2)).contains("\"end\"", "\"offset\":1000000");
	}

	@Test
	void pricesArriveEverySecond() {
		List<String> frames = exchange("/ws/prices", 3, """
				{"type":"open","stream":"s1","source":"prices"}""");
		assertThat(frames.get(0)).contains("\"opened\"");
		assertThat(frames.subList(1, 3)).allSatisfy((frame) -> assertThat(frame).contains("\"batch\"", "ALFA"));
	}

	@Test
	void theEndpointListsAConnectionForAsLongAsItIsOpen() {
		Disposable connection = stayConnected("/ws/echo");
		await().atMost(PATIENCE)
			.untilAsserted(() -> get("/actuator/websockets?endpoint=/ws/echo").jsonPath("$.total")
				.isEqualTo(1)
				.jsonPath("$.connections[0].path")
				.isEqualTo("/ws/echo")
				.jsonPath("$.connections[0].liveness")
				.isEqualTo("ALIVE"));
		connection.dispose();
		await().atMost(PATIENCE)
			.untilAsserted(() -> get("/actuator/websockets?endpoint=/ws/echo").jsonPath("$.total").isEqualTo(0));
	}

	@Test
	void healthCountsConnections() {
		get("/actuator/health").jsonPath("$.components.webSocketKeepalive.status")
			.isEqualTo("UP")
			.jsonPath("$.components.webSocketKeepalive.details.connections")
			.isNumber();
	}

	@Test
	void prometheusReadsTheMeters() {
		Disposable connection = stayConnected("/ws/slow");
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(prometheus())
				.contains("websocket_connections_active{endpoint=\"/ws/slow\",role=\"server\"} 1.0"));
		connection.dispose();
	}

	private List<String> exchange(String path, int answers, String... messages) {
		Sinks.One<List<String>> received = Sinks.one();
		WebSocketHandler handler = (session) -> session.send(Flux.fromArray(messages).map(session::textMessage))
			.thenMany(session.receive().map(WebSocketMessage::getPayloadAsText).take(answers))
			.collectList()
			.doOnNext(received::tryEmitValue)
			.then();
		return this.client.execute(uri(path), handler).then(received.asMono()).blockOptional(PATIENCE).orElseThrow();
	}

	private Disposable stayConnected(String path) {
		return this.client.execute(uri(path), (session) -> Mono.never()).subscribe();
	}

	private URI uri(String path) {
		return URI.create("ws://localhost:" + this.port + path);
	}

	private WebTestClient.BodyContentSpec get(String uri) {
		return web().get().uri(uri).exchange().expectStatus().isOk().expectBody();
	}

	private String prometheus() {
		return web().get()
			.uri("/actuator/prometheus")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
	}

	private WebTestClient web() {
		return WebTestClient.bindToServer().baseUrl("http://localhost:" + this.port).build();
	}

}
