package io.github.websocketkeepalive.contract;

import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.admission.AdmissionRequest;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.Protocol;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * That every handshake passes the gate, whoever serves it and however it comes.
 */
@ParameterizedClass
@MethodSource("servers")
@ExtendWith(LeakDetection.class)
class AdmissionTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final String HANDLER = "/handler";

	private static final String ROUTE = "/route";

	@TempDir
	private static Path directory;

	private static TestServer server;

	@Parameter(0)
	private Protocol protocol;

	@Parameter(1)
	private Transport transport;

	static Stream<Arguments> servers() {
		return Stream.of(Transport.values())
			.flatMap((transport) -> Stream.of(Protocol.HTTP1, Protocol.HTTP1_OVER_TLS, Protocol.HTTP2_OVER_TLS)
				.map((protocol) -> Arguments.of(protocol, transport)));
	}

	@BeforeParameterizedClassInvocation
	static void startServer(Protocol protocol, Transport transport) throws Exception {
		server = protocol.server(transport, directory)
			.drain(Duration.ZERO, Duration.ofSeconds(1))
			.property("websocket-keepalive.admission.max-connections", 3)
			.property("websocket-keepalive.admission.max-connections-per-address", 2)
			.property("websocket-keepalive.admission.allowed-origins", "https://*.example.org")
			.property("websocket-keepalive.admission.allowed-hosts", "localhost,public.com")
			.property("server.forward-headers-strategy", (transport == Transport.EPOLL) ? "native" : "framework")
			.start(Endpoints.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@AfterEach
	void everySlotIsGivenBack() {
		server.bean(Drain.class).resume();
		awaitSlotsTaken(0);
		assertThat(server.bean(AdmissionGate.class).addresses()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { HANDLER, ROUTE })
	void aServerThatDrainsRefusesWithADelayAndCounts(String path) throws Exception {
		server.bean(Drain.class).start();
		double before = rejected("draining");
		Response response = handshake(path);
		assertThat(response.status()).isEqualTo(503);
		long millis = Long.parseLong(response.headers().get("retry-after-ms"));
		assertThat(millis).isBetween(2500L, 7500L);
		assertThat(response.headers()).containsEntry("retry-after", String.valueOf((millis + 999) / 1000));
		assertThat(rejected("draining")).isEqualTo(before + 1);
		assertThat(server.connections().count()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { HANDLER, ROUTE })
	void anAddressHasItsLimitAndTheServerHasOne(String path) throws Exception {
		try (AutoCloseable first = connect(path); AutoCloseable second = connect(path)) {
			assertThat(handshake(path).status()).isEqualTo(429);
			assertThat(handshake(path, "X-Forwarded-For: 192.0.2.1").status()).isEqualTo(success());
			awaitSlotsTaken(2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { HANDLER, ROUTE })
	void aForeignOriginIsRefusedAndOthersAreNot(String path) throws Exception {
		assertThat(handshake(path, "Origin: https://evil.com").status()).isEqualTo(403);
		assertThat(handshake(path, "Origin: https://www.example.org").status()).isEqualTo(success());
		assertThat(handshake(path, "Origin: https://public.com", "X-Forwarded-Host: public.com",
				"X-Forwarded-Proto: https")
			.status()).isEqualTo(success());
	}

	@ParameterizedTest
	@CsvSource({ "wss, https", "WSS, https", "ws, http", "https, https", "http, http" })
	void aPageIsOfTheServersOwnOriginAlsoIfTheProxyForwardsTheSchemeOfTheWebSocket(String forwarded, String scheme)
			throws Exception {
		String origin = "Origin: " + scheme + "://public.com";
		String host = "X-Forwarded-Host: public.com";
		String port = "X-Forwarded-Port: " + (scheme.equals("https") ? 443 : 80);
		String proto = "X-Forwarded-Proto: " + forwarded;
		for (String path : List.of(HANDLER, ROUTE)) {
			assertAdmitted(path, origin, host, proto);
			assertAdmitted(path, origin, host, proto, port);
			assertAdmitted(path, origin, "Forwarded: proto=" + forwarded + ";host=public.com");
			assertThat(handshake(path, origin + ":8443", host, proto).status()).isEqualTo(403);
		}
	}

	private void assertAdmitted(String path, String... headers) throws Exception {
		assertThat(handshake(path, headers).status()).isEqualTo(success());
		awaitSlotsTaken(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { HANDLER, ROUTE })
	void aForeignHostIsRefusedThoughTheOriginIsTheSame(String path) throws Exception {
		double before = rejected("host");
		assertThat(handshake(path, "Origin: https://evil.com", "X-Forwarded-Host: evil.com", "X-Forwarded-Proto: https")
			.status()).isEqualTo(403);
		assertThat(rejected("host")).isEqualTo(before + 1);
	}

	// Netty resets a stream of HTTP/2 whose Host is another one than its authority.
	@ParameterizedTest
	@ValueSource(strings = { HANDLER, ROUTE })
	void severalHostsAreNone(String path) throws Exception {
		assumeThat(this.protocol.isHttp2Stream()).isFalse();
		assertThat(handshake(path, "Host: public.com").status()).isIn(400, 403);
	}

	@ParameterizedTest
	@ValueSource(strings = { HANDLER, ROUTE })
	void severalOriginsAreNone(String path) throws Exception {
		assertThat(handshake(path, "Origin: https://www.example.org", "Origin: https://www.example.org").status())
			.isEqualTo(403);
	}

	@ParameterizedTest
	@ValueSource(strings = { HANDLER, ROUTE })
	void aPolicyDecidesAlsoLaterAndOnAnotherThread(String path) throws Exception {
		Response response = handshake(path, "X-Test: reject");
		assertThat(response.status()).isEqualTo(418);
		assertThat(response.headers()).containsEntry("retry-after", "7");
		assertThat(handshake(path, "X-Test: admit").status()).isEqualTo(success());
	}

	// Buffers are watched while the whole class runs, see LeakDetection.
	@ParameterizedTest
	@ValueSource(strings = { HANDLER, ROUTE })
	void theBodyOfAHandshakeThatWaitsForItsPolicyIsReleased(String path) throws Exception {
		assumeThat(this.protocol.isHttp2Stream()).isFalse();
		for (int i = 0; i < 20; i++) {
			try (RawClient client = open()) {
				client.send(RawClient.handshake(path, "Content-Length: 3") + "abc");
				assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
			}
			awaitSlotsTaken(0);
		}
	}

	@Test
	void aClientThatDoesNotWaitForTheAnswerIsDisconnected() throws Exception {
		assumeThat(this.protocol.isHttp2Stream()).isFalse();
		double before = rejected("pipelined");
		String request = RawClient.handshake(ROUTE, "X-Test: undecided");
		try (RawClient client = open()) {
			client.send(request + request);
			assertThat(client.isClosedByServer()).isTrue();
			assertThat(rejected("pipelined") - before).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { HANDLER, ROUTE })
	void aPolicyKnowsTheUserOfWebFlux(String path) throws Exception {
		Response response = handshake(path, "X-Test: principal");
		assertThat(response.status()).isEqualTo(path.equals(HANDLER) ? 402 : success());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/missing", "/failing" })
	void aHandshakeThatFailsGivesItsSlotBack(String path) throws Exception {
		for (int i = 0; i < 5; i++) {
			assertThat(handshake(path).status()).isIn(404, 500);
			awaitSlotsTaken(0);
		}
	}

	private static void awaitSlotsTaken(int count) {
		AdmissionGate gate = server.bean(AdmissionGate.class);
		await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> gate.slotsTaken() == count);
	}

	private static double rejected(String reason) {
		return server.bean(MeterRegistry.class)
			.find("websocket.handshakes.rejected")
			.tag("reason", reason)
			.counters()
			.stream()
			.mapToDouble((counter) -> counter.count())
			.sum();
	}

	private int success() {
		return this.protocol.isHttp2Stream() ? 200 : 101;
	}

	private AutoCloseable connect(String path) throws Exception {
		if (this.protocol.isHttp2Stream()) {
			return Http2Client.connect(server.port(), true, path, false);
		}
		RawClient client = open();
		client.send(RawClient.handshake(path));
		assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
		return client;
	}

	private RawClient open() throws Exception {
		return this.protocol.isTls() ? RawClient.connectOverTls(server.port())
				: RawClient.connectOnly(server.port(), 0);
	}

	private Response handshake(String path, String... headers) throws Exception {
		if (this.protocol.isHttp2Stream()) {
			Map<String, String> response = Http2Client.handshake(server.port(), true, path, headers);
			return new Response(Integer.parseInt(response.get(":status")), response);
		}
		try (RawClient client = open()) {
			client.send(RawClient.handshake(path, headers));
			String[] lines = client.readResponse().split("\r\n");
			Map<String, String> response = new HashMap<>();
			Stream.of(lines)
				.skip(1)
				.map((line) -> line.split(": ", 2))
				.forEach((header) -> response.put(header[0].toLowerCase(Locale.ROOT), header[1]));
			int status = Integer.parseInt(lines[0].split(" ")[1]);
			if (response.containsKey("retry-after")) {
				assertThat(response).containsEntry("connection", "close");
				assertThat(client.isClosedByServer()).isTrue();
			}
			return new Response(status, response);
		}
	}

	private record Response(int status, Map<String, String> headers) {
	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints {

		@Bean
		@WebSocketMapping(HANDLER)
		WebSocketHandler handler() {
			return (session) -> session.receive().then();
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws(ROUTE, (inbound, outbound) -> inbound.receive().then());
		}

		@Bean
		@Order(0)
		WebFilter authentication() {
			return (exchange, chain) -> {
				if (exchange.getRequest().getPath().value().equals("/failing")) {
					return Mono.error(new IllegalStateException("deliberate"));
				}
				Principal user = () -> "alice";
				return chain.filter(exchange.mutate().principal(Mono.just(user)).build());
			};
		}

		@Bean
		AdmissionPolicy policy() {
			return (request) -> "undecided".equals(request.headers().getFirst("X-Test")) ? Mono.never()
					: Mono.fromSupplier(() -> decide(request)).subscribeOn(Schedulers.parallel());
		}

		private static AdmissionDecision decide(AdmissionRequest request) {
			String test = request.headers().getFirst("X-Test");
			if ("reject".equals(test)) {
				return AdmissionDecision.reject(418, "teapot", Duration.ofMillis(6001));
			}
			return ("principal".equals(test) && request.principal() != null)
					? AdmissionDecision.reject(402, "user-" + request.principal().getName())
					: AdmissionDecision.admit();
		}

	}

}
