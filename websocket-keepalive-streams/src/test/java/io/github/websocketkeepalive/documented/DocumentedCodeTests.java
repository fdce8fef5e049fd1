package io.github.websocketkeepalive.documented;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Compiles and runs every piece of Java of the documentation, from the pages' own text.
 */
class DocumentedCodeTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final String CALL = """
			public static void run(KeepaliveWebSocketClient client, URI uri, WebSocketHandler handler, %s) {
			%%s
			%s
			}
			""";

	@TempDir
	private Path directory;

	private TestServer server;

	@AfterEach
	void stopServer() {
		if (this.server != null) {
			this.server.close();
		}
	}

	@Test
	void everyPieceIsRunHere() throws IOException {
		assertThat(Snippet.all("java")).hasSize(9);
	}

	@Test
	void theHandlerOfTheFirstPageEchoes() throws Exception {
		start(Snippet.of("README.md", "java", "EchoHandler").compileClass(this.directory));
		try (RawClient client = connect("/ws/echo")) {
			client.sendText("hello");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("hello");
		}
	}

	@Test
	void theComponentWithAClientReceivesPrices() throws Exception {
		start();
		Class<?> prices = Snippet.of("docs/clients.md", "java", "class Prices")
			.with("wss://example.com", this.server.uri("").toString())
			.compileClass(this.directory);
		this.server.context().getAutowireCapableBeanFactory().createBean(prices);
		await().atMost(PATIENCE).until(() -> peer().prices.contains("1.08"));
	}

	@Test
	void aTokenIsSentWithTheHandshake() throws Exception {
		start();
		run("client.execute(tokens.next()", "DocumentedCodeTests.Tokens tokens", "", new Tokens());
		await().atMost(PATIENCE).until(() -> peer().authorizations.contains("Bearer secret"));
	}

	@Test
	void aSocketThatIsRunConnects() throws Exception {
		start();
		run("socket.states()", "List<ReconnectingWebSocket> sockets", "sockets.add(socket);",
				new CopyOnWriteArrayList<>());
		await().atMost(PATIENCE).until(() -> !peer().authorizations.isEmpty());
	}

	@Test
	void aSharedConnectionSendsItsSubscriptionAndReceives() throws Exception {
		start();
		List<String> received = new CopyOnWriteArrayList<>();
		run("new SharedWebSockets", "List<String> received", "euro.subscribe(received::add);", received);
		await().atMost(PATIENCE).until(() -> received.contains("1.08") && peer().received.contains("subscribe EUR"));
	}

	@Test
	@SuppressWarnings("unchecked")
	void theServerOfStreamsSendsRowsAndMessages() throws Exception {
		start(streams());
		try (StreamPeer client = StreamPeer.connect(this.server.port(), "/ws/rows")) {
			client.open("rows", "trades");
			assertThat(client.read("batch").get("items")).hasSize(3);
			client.open("live", "prices");
			client.ping();
			LiveTopic<Price> prices = this.server.bean(LiveTopic.class);
			prices.publish(new Price(108)).block(PATIENCE);
			assertThat(client.read("batch").get("items").get(0).get("amount").asInt()).isEqualTo(108);
		}
	}

	@Test
	void theClientOfStreamsSavesEachRow() throws Exception {
		start(streams());
		Class<?> tradeImport = Snippet.of("docs/streams.md", "java", "class TradeImport")
			.with("wss://example.com", this.server.uri("").toString())
			.compileClass(this.directory);
		this.server.context().getAutowireCapableBeanFactory().createBean(tradeImport);
		TradeRepository repository = this.server.bean(TradeRepository.class);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(repository.saved()).extracting(Trade::id).containsExactly(2L, 3L, 5L));
	}

	@Test
	void compressionIsAgreedOnWhereItIsTurnedOn() throws Exception {
		start(Snippet.of("docs/streams.md", "java", "compress(true)").compileBeans(this.directory));
		try (RawClient client = RawClient.connectOnly(this.server.port(), 0)) {
			client.send(RawClient.handshake("/prices", "Sec-WebSocket-Extensions: permessage-deflate"));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 101").contains("permessage-deflate");
		}
	}

	@Test
	void thePolicyAdmitsWhoHasPaidAndNobodyElse() throws Exception {
		start(Snippet.of("docs/limits.md", "java", "premiumOnly").compileBeans(this.directory));
		connect("/prices", "X-User: ada").close();
		try (RawClient client = RawClient.connectOnly(this.server.port(), 0)) {
			client.send(RawClient.handshake("/prices", "X-User: bob"));
			assertThat(client.readResponse()).startsWith("HTTP/1.1 403");
		}
	}

	private Class<?> streams() throws Exception {
		return Snippet.of("docs/streams.md", "java", "ReplayableSource<Trade>").compileBeans(this.directory);
	}

	private void start(Class<?>... documented) {
		Class<?>[] configuration = new Class<?>[documented.length + 1];
		configuration[0] = Peer.class;
		System.arraycopy(documented, 0, configuration, 1, documented.length);
		this.server = TestServer.on(Transport.NIO).start(configuration);
	}

	private RawClient connect(String path, String... headers) throws IOException {
		return RawClient.connect(this.server.port(), path, headers);
	}

	private Peer peer() {
		return this.server.bean(Peer.class);
	}

	/**
	 * Run statements of the page on clients.
	 * @param contained what the piece contains
	 * @param parameter what they use beside a client, a URI and a handler
	 * @param end what follows them
	 * @param argument the parameter's value
	 */
	private void run(String contained, String parameter, String end, Object argument) throws Exception {
		Class<?> statements = Snippet.of("docs/clients.md", "java", contained)
			.compileStatements(this.directory, CALL.formatted(parameter, end));
		KeepaliveWebSocketClient client = this.server.bean(KeepaliveWebSocketClient.Builder.class).build();
		WebSocketHandler handler = (session) -> session.receive().then();
		for (var method : statements.getMethods()) {
			if (method.getName().equals("run")) {
				method.invoke(null, client, this.server.uri("/prices"), handler, argument);
			}
		}
	}

	/**
	 * What the pieces of the documentation talk to, and what they are given.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Peer {

		private final List<String> prices = new CopyOnWriteArrayList<>();

		private final List<String> received = new CopyOnWriteArrayList<>();

		private final List<String> authorizations = new CopyOnWriteArrayList<>();

		@Bean
		@WebSocketMapping("/prices")
		WebSocketHandler pricesHandler() {
			return (session) -> {
				HttpHeaders headers = session.getHandshakeInfo().getHeaders();
				this.authorizations.add(String.valueOf(headers.getFirst(HttpHeaders.AUTHORIZATION)));
				Mono<Void> receive = session.receive()
					.map(WebSocketMessage::getPayloadAsText)
					.doOnNext(this.received::add)
					.then();
				Flux<WebSocketMessage> messages = Flux.just(session.textMessage("1.08")).concatWith(Flux.never());
				return session.send(messages).and(receive);
			};
		}

		@Bean
		WebFilter users() {
			return (exchange, chain) -> {
				String user = exchange.getRequest().getHeaders().getFirst("X-User");
				return chain
					.filter((user != null) ? exchange.mutate().principal(Mono.just(() -> user)).build() : exchange);
			};
		}

		@Bean
		Consumer<String> priceConsumer() {
			return this.prices::add;
		}

		@Bean
		TradeRepository tradeRepository() {
			return new TradeRepository();
		}

		@Bean
		Subscriptions subscriptions() {
			return new Subscriptions();
		}

	}

	/**
	 * Makes a token for each attempt.
	 */
	public static class Tokens {

		public Mono<String> next() {
			return Mono.just("secret");
		}

	}

}
