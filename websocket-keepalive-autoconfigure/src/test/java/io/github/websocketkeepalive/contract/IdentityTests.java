package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.server.ConnectionContextWebFilter;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who a connection is, and why it ended.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class IdentityTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServer(Transport transport) {
		server = TestServer.on(transport)
			.heartbeat("1h", "1h")
			.property("websocket-keepalive.heartbeat.endpoints[/handler/silent].interval", "200ms")
			.property("websocket-keepalive.heartbeat.endpoints[/handler/silent].timeout", "200ms")
			.start(Application.class, RecordingListener.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@Test
	void theIdOfTheSessionAndTheOneInTheContextFindTheConnection() throws IOException {
		try (RawClient client = RawClient.connect(server.port(), "/handler/ids")) {
			WebSocketConnection connection = connection(server, "/handler/ids");
			Application application = server.bean(Application.class);
			await().atMost(PATIENCE).until(() -> application.contextIds.containsKey("/handler/ids"));
			assertThat(server.connections().find(application.sessionIds.get("/handler/ids"))).contains(connection);
			assertThat(server.connections().find(application.contextIds.get("/handler/ids"))).contains(connection);
			assertThat(connection.getSessionId()).isEqualTo(application.sessionIds.get("/handler/ids"));
			assertThat(connection.getId()).isEqualTo(application.contextIds.get("/handler/ids"));
			assertThat(client.socket().isConnected()).isTrue();
		}
	}

	@Test
	void thePrincipalIsTheOneThatAFilterOfTheApplicationHasSet() throws IOException {
		try (RawClient named = RawClient.connect(server.port(), "/handler/named", "X-User: ada");
				RawClient nameless = RawClient.connect(server.port(), "/handler/nameless")) {
			assertThat(connection(server, "/handler/named").getPrincipal()).isEqualTo("ada");
			assertThat(connection(server, "/handler/nameless").getPrincipal()).isNull();
			assertThat(List.of(named, nameless)).allMatch((client) -> client.socket().isConnected());
		}
	}

	@Test
	void theSubprotocolIsTheAgreedOne() throws IOException {
		try (RawClient agreed = RawClient.connect(server.port(), "/handler/agreed", "Sec-WebSocket-Protocol: v1,v2");
				RawClient none = RawClient.connect(server.port(), "/handler/none")) {
			assertThat(connection(server, "/handler/agreed").getSubprotocol()).isEqualTo("v2");
			assertThat(connection(server, "/handler/none").getSubprotocol()).isNull();
			assertThat(List.of(agreed, none)).allMatch((client) -> client.socket().isConnected());
		}
	}

	@Test
	void theRemoteAddressIsThatOfTheSocket() throws IOException {
		try (RawClient client = RawClient.connect(server.port(), "/handler/direct", "X-Forwarded-For: 192.0.2.7")) {
			InetSocketAddress address = (InetSocketAddress) connection(server, "/handler/direct").getRemoteAddress();
			assertThat(address.getPort()).isEqualTo(client.socket().getLocalPort());
			assertThat(address.getAddress().isLoopbackAddress()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "native", "framework" })
	void theRemoteAddressIsTheForwardedOneWhereTheApplicationTrustsIt(String strategy) throws IOException {
		try (TestServer behindProxy = TestServer.on(this.transport)
			.property("server.forward-headers-strategy", strategy)
			.start(Application.class);
				RawClient client = RawClient.connect(behindProxy.port(), "/handler/forwarded",
						"X-Forwarded-For: 192.0.2.7")) {
			WebSocketConnection connection = connection(behindProxy, "/handler/forwarded");
			assertThat(((InetSocketAddress) connection.getRemoteAddress()).getHostString()).isEqualTo("192.0.2.7");
			assertThat(client.socket().isConnected()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	void everyEndHasItsCause(End end) throws IOException {
		RecordingListener events = server.bean(RecordingListener.class);
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
		events.closed().clear();
		try (RawClient neighbour = RawClient.connect(server.port(), "/handler/neighbour");
				RawClient client = RawClient.connect(server.port(), end.path)) {
			end.act.on(client);
			assertThat(client.isClosedByServer()).isTrue();
			await().atMost(PATIENCE).until(() -> !events.closed(end.path).isEmpty());
			assertThat(events.closed(end.path)).extracting(RecordingListener.Closed::cause).containsExactly(end.cause);
			assertThat(events.closed()).hasSize(1);
			neighbour.sendText("still there?");
			assertThat(neighbour.read(RawClient.TEXT).text()).isEqualTo("still there?");
		}
	}

	private static WebSocketConnection connection(TestServer server, String path) {
		return await().atMost(PATIENCE)
			.until(() -> server.connections().stream().filter((open) -> open.getPath().equals(path)).findFirst(),
					(found) -> found.isPresent())
			.orElseThrow();
	}

	/**
	 * How a connection ends.
	 */
	enum End {

		PEER_CLOSED("/handler/echo", CloseCause.PEER_CLOSED, (client) -> client.sendClose(1001, "bye")),

		LOCAL_CLOSED("/handler/close", CloseCause.LOCAL_CLOSED, (client) -> client.sendText("x")),

		COMPLETED("/handler/complete", CloseCause.LOCAL_CLOSED, (client) -> client.sendText("x")),

		ROUTE_COMPLETED("/route/complete", CloseCause.LOCAL_CLOSED, (client) -> client.sendText("x")),

		OPERATOR("/handler/operator", CloseCause.OPERATOR,
				(client) -> server.connections()
					.close(connection(server, "/handler/operator").getId(), 1000, "maintenance")),

		FAILED_BEFORE_RECEIVE("/handler/fail", CloseCause.HANDLER_ERROR, (client) -> {
		}),

		FAILED_INSIDE_RECEIVE("/handler/fail-inside", CloseCause.HANDLER_ERROR, (client) -> client.sendText("x")),

		ROUTE_FAILED("/route/fail", CloseCause.HANDLER_ERROR, (client) -> {
		}),

		EOF("/handler/fin", CloseCause.EOF, (client) -> client.socket().shutdownOutput()),

		RESET("/handler/rst", CloseCause.RESET, RawClient::reset),

		PING_TIMEOUT("/handler/silent", CloseCause.PING_TIMEOUT, (client) -> client.read(RawClient.PING));

		private final String path;

		private final CloseCause cause;

		private final Act act;

		End(String path, CloseCause cause, Act act) {
			this.path = path;
			this.cause = cause;
			this.act = act;
		}

	}

	@FunctionalInterface
	private interface Act {

		void on(RawClient client) throws IOException;

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private final Map<String, String> sessionIds = new ConcurrentHashMap<>();

		private final Map<String, String> contextIds = new ConcurrentHashMap<>();

		@Bean
		WebFilter users() {
			return (exchange, chain) -> {
				String user = exchange.getRequest().getHeaders().getFirst("X-User");
				return chain
					.filter((user != null) ? exchange.mutate().principal(Mono.just(() -> user)).build() : exchange);
			};
		}

		@Bean
		@WebSocketMapping("/handler/{name}")
		WebSocketHandler handler() {
			return new WebSocketHandler() {

				@Override
				public List<String> getSubProtocols() {
					return List.of("v2");
				}

				@Override
				public Mono<Void> handle(WebSocketSession session) {
					return Mono.deferContextual((context) -> {
						String path = session.getHandshakeInfo().getUri().getPath();
						Application.this.sessionIds.put(path, session.getId());
						Application.this.contextIds.put(path, context.get(ConnectionContextWebFilter.CONNECTION_ID));
						return respond(session, path);
					});
				}

			};
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws("/route/complete", (inbound, outbound) -> inbound.receive().next().then())
				.ws("/route/fail", (inbound, outbound) -> Mono.error(new IllegalStateException("route")));
		}

		private static Mono<Void> respond(WebSocketSession session, String path) {
			return switch (path) {
				case "/handler/close" -> session.receive().concatMap((message) -> session.close()).then();
				case "/handler/complete" -> session.receive().next().then();
				case "/handler/fail" -> Mono.error(new IllegalStateException("before receive"));
				case "/handler/fail-inside" -> session.receive().map(Application::fail).then();
				default -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
			};
		}

		private static WebSocketMessage fail(WebSocketMessage message) {
			throw new IllegalStateException("inside receive");
		}

	}

}
