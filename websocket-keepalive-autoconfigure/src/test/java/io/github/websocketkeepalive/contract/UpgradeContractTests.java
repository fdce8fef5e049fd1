package io.github.websocketkeepalive.contract;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
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
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.Protocol;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the starter takes for granted of Reactor Netty: that it sees every upgrade, and
 * has its place in every pipeline.
 */
@ParameterizedClass
@MethodSource("servers")
@ExtendWith(LeakDetection.class)
class UpgradeContractTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@TempDir
	private static Path directory;

	private static TestServer server;

	@Parameter(0)
	private Protocol protocol;

	@Parameter(1)
	private Transport transport;

	static Stream<Arguments> servers() {
		return Stream.of(Transport.values())
			.flatMap((transport) -> Stream.of(Protocol.values()).map((protocol) -> Arguments.of(protocol, transport)));
	}

	@BeforeParameterizedClassInvocation
	static void startServer(Protocol protocol, Transport transport) throws Exception {
		server = protocol.server(transport, directory)
			.heartbeat("100ms", "30s")
			.start(Endpoints.class, RecordingListener.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		RecordingListener events = server.bean(RecordingListener.class);
		server.close();
		assertThat(events.closed()).extracting(RecordingListener.Closed::connection)
			.containsExactlyInAnyOrderElementsOf(events.opened());
	}

	@ParameterizedTest
	@EnumSource
	void aConnectionIsRegisteredPingedAndClosedOnce(Endpoint endpoint) throws Exception {
		RecordingListener events = server.bean(RecordingListener.class);
		try (Client client = connect(endpoint)) {
			await().atMost(PATIENCE).until(() -> !client.messages().isEmpty());
			assertThat(client.messages()).containsExactly("hello");
			assertThat(client.extensions()).isEqualTo(endpoint.extensions);
			assertThat(server.connections().count()).isOne();
			WebSocketConnection connection = server.connections().stream().findFirst().orElseThrow();
			await().atMost(PATIENCE).until(() -> connection.getPongsReceived() >= 2);
			assertThat(connection.getRtt()).isPositive();
			assertThat(connection.getTransport()).isEqualTo(
					this.transport.name().toLowerCase(Locale.ROOT) + (this.protocol.isHttp2Stream() ? "+h2" : ""));
			assertThat(connection.getEndpoint()).isEqualTo(endpoint.pattern);
			assertThat(connection.getPath()).isEqualTo(endpoint.path);
			client.leave();
			await().atMost(PATIENCE)
				.until(() -> server.connections().count() == 0 && !events.closed(endpoint.path).isEmpty());
		}
		assertThat(events.closed(endpoint.path)).singleElement()
			.satisfies((end) -> assertThat(end.cause()).isEqualTo(CloseCause.PEER_CLOSED))
			.satisfies((end) -> assertThat(end.code()).isEqualTo(1000));
	}

	private Client connect(Endpoint endpoint) throws Exception {
		return this.protocol.isHttp2Stream() ? new StreamClient(this.protocol, endpoint)
				: new ReactorClient(this.protocol, endpoint);
	}

	/**
	 * Who serves the connection, and whether it is compressed.
	 */
	enum Endpoint {

		HANDLER("/handler/plain", "/handler/{name}", ""),

		COMPRESSED_HANDLER("/handler/compressed", "/handler/{name}", "permessage-deflate"),

		ROUTE("/route/plain", WebSocketConnection.UNKNOWN_ENDPOINT, ""),

		COMPRESSED_ROUTE("/route/compressed", WebSocketConnection.UNKNOWN_ENDPOINT, "permessage-deflate");

		private final String path;

		private final String pattern;

		private final String extensions;

		Endpoint(String path, String pattern, String extensions) {
			this.path = path;
			this.pattern = pattern;
			this.extensions = extensions;
		}

		String pathWithQuery() {
			return this.path + "?token=secret";
		}

	}

	/**
	 * A client that has said hello.
	 */
	private interface Client extends AutoCloseable {

		List<String> messages();

		String extensions();

		void leave();

		@Override
		void close();

	}

	private static final class ReactorClient implements Client {

		private final List<String> messages = new CopyOnWriteArrayList<>();

		private final Sinks.Empty<Void> leave = Sinks.empty();

		private final ConnectionProvider connections = ConnectionProvider.create("contract", 1);

		private final Protocol protocol;

		private final CompletableFuture<String> extensions;

		ReactorClient(Protocol protocol, Endpoint endpoint) {
			this.protocol = protocol;
			this.extensions = new CompletableFuture<>();
			URI uri = URI
				.create((protocol.isTls() ? "wss" : "ws") + "://localhost:" + server.port() + endpoint.pathWithQuery());
			secure(HttpClient.create(this.connections))
				.websocket(WebsocketClientSpec.builder().compress(!endpoint.extensions.isEmpty()).build())
				.uri(uri)
				.handle(this::converse)
				.subscribe(null, this.extensions::completeExceptionally);
			this.extensions.orTimeout(10, TimeUnit.SECONDS).join();
		}

		private HttpClient secure(HttpClient client) {
			if (!this.protocol.isTls()) {
				return client;
			}
			Http11SslContextSpec trustingAll = Http11SslContextSpec.forClient()
				.configure((context) -> context.trustManager(InsecureTrustManagerFactory.INSTANCE));
			return client.secure((ssl) -> ssl.sslContext((GenericSslContextSpec<?>) trustingAll));
		}

		private Mono<Void> converse(WebsocketInbound inbound, WebsocketOutbound outbound) {
			this.extensions.complete(inbound.headers().get(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, ""));
			Mono<Void> sending = outbound.sendString(Mono.just("hello")).then();
			Mono<Void> leaving = this.leave.asMono().then(Mono.defer(() -> outbound.sendClose(1000, "bye")));
			return Mono.when(inbound.receive().asString().doOnNext(this.messages::add), sending.then(leaving));
		}

		@Override
		public List<String> messages() {
			return this.messages;
		}

		@Override
		public String extensions() {
			return this.extensions.join();
		}

		@Override
		public void leave() {
			this.leave.tryEmitEmpty();
		}

		@Override
		public void close() {
			this.connections.dispose();
		}

	}

	private static final class StreamClient implements Client {

		private final Http2Client client;

		StreamClient(Protocol protocol, Endpoint endpoint) throws Exception {
			this.client = Http2Client.connect(server.port(), protocol.isTls(), endpoint.pathWithQuery(),
					!endpoint.extensions.isEmpty());
			this.client.sendText("hello");
		}

		@Override
		public List<String> messages() {
			return this.client.messages();
		}

		@Override
		public String extensions() {
			return this.client.extensions();
		}

		@Override
		public void leave() {
			this.client.sendClose(1000, "bye");
		}

		@Override
		public void close() {
			this.client.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints {

		@Bean
		@WebSocketMapping("/handler/{name}")
		WebSocketHandler echo() {
			return (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
		}

		@Bean
		WebSocketHandlerAdapter compressingAdapter() {
			RequestUpgradeStrategy plain = new ReactorNettyRequestUpgradeStrategy();
			RequestUpgradeStrategy compressing = new ReactorNettyRequestUpgradeStrategy(
					WebsocketServerSpec.builder().compress(true));
			RequestUpgradeStrategy byPath = (exchange, handler, subprotocol, handshake) -> {
				boolean compressed = exchange.getRequest().getPath().value().endsWith("/compressed");
				return (compressed ? compressing : plain).upgrade(exchange, handler, subprotocol, handshake);
			};
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(byPath));
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws("/route/plain", Endpoints::echo)
				.ws("/route/compressed", Endpoints::echo, WebsocketServerSpec.builder().compress(true).build());
		}

		private static Mono<Void> echo(WebsocketInbound inbound, WebsocketOutbound outbound) {
			return outbound.sendObject(inbound.receiveFrames().doOnNext((frame) -> frame.retain())).then();
		}

	}

}
