package io.github.websocketkeepalive.fault;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.admission.AdmissionDecision;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that come, are refused, fail and go in every order, and headers that nobody
 * would send. Nothing of them may remain: no slot, no address, no socket, no buffer.
 */
class HandshakeChaosTests {

	/**
	 * But for the body of an error, which Spring itself leaks once in tens of thousands
	 * of times.
	 */
	@RegisterExtension
	static final LeakDetection leaks = LeakDetection.except(NettyDataBufferFactory.class, "allocateBuffer");

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private static final String[] PATHS = { "/handler", "/route", "/missing", "/failing", "/slow", "/a%zz", "/ws|x" };

	private static final String[] HEADERS = { "X-Reject: 1", "Origin: https://evil.com", "Origin: null",
			"X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: ,,,", "Forwarded: for=\"[::1]\"", "Forwarded: ;;=",
			"X-Forwarded-Port: 99999", "Sec-WebSocket-Protocol: ,", "Sec-WebSocket-Version: 99", "Host: a b",
			"Content-Length: 3", "Transfer-Encoding: chunked", "Sec-WebSocket-Extensions: permessage-deflate; x" };

	@ParameterizedTest
	@EnumSource
	void nothingRemainsOfAFewHundredClients(Transport transport) throws Exception {
		misbehave(transport, 500);
	}

	@Tag("load")
	@ParameterizedTest
	@EnumSource
	void nothingRemainsOfTenThousandClients(Transport transport) throws Exception {
		misbehave(transport, 10_000);
	}

	// What is excepted above: a client leaves on one thread between that Spring has
	// subscribed to the body on another and that it asks for it. Without any of our code.
	@Test
	void springItselfLeaksABodyWhoseClientLeavesAtTheWrongInstant() {
		NettyDataBuffer body = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT).allocateBuffer(10);
		MockServerHttpResponse response = new MockServerHttpResponse();
		BaseSubscriber<Void> client = new BaseSubscriber<>() {
		};
		response.setWriteHandler((written) -> written.doOnSubscribe((subscription) -> client.cancel()).then());
		response.writeWith(Mono.just(body)).subscribe(client);
		assertThat(body.getNativeBuffer().refCnt()).isOne();
		body.release();
	}

	private static void misbehave(Transport transport, int clients) throws Exception {
		try (TestServer server = start(transport); RawClient good = RawClient.connect(server.port(), "/handler")) {
			Random random = new Random(clients);
			RawClient[] open = new RawClient[8];
			for (int i = 0; i < clients; i++) {
				int slot = random.nextInt(open.length);
				if (open[slot] != null) {
					leave(open[slot], random);
				}
				open[slot] = come(server.port(), random);
			}
			for (RawClient client : open) {
				if (client != null) {
					leave(client, random);
				}
			}
			AdmissionGate gate = server.bean(AdmissionGate.class);
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(gate.slotsTaken()).isOne());
			assertThat(gate.addresses()).isOne();
			assertThat(server.connections().count()).isOne();
			good.sendText("alive");
			assertThat(good.read(RawClient.TEXT).text()).isEqualTo("alive");
			good.close();
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(gate.slotsTaken()).isZero());
			assertThat(gate.addresses()).isZero();
			OpenSockets sockets = server.bean(OpenSockets.class);
			await().atMost(PATIENCE).untilAsserted(() -> {
				sockets.readOn();
				assertThat(sockets.count()).isZero();
			});
		}
	}

	private static RawClient come(int port, Random random) throws IOException {
		RawClient client = RawClient.connectOnly(port, 0);
		client.socket().setSoTimeout((int) TimeUnit.SECONDS.toMillis(10));
		String[] headers = random.ints(random.nextInt(3), 0, HEADERS.length)
			.mapToObj((i) -> HEADERS[i])
			.toArray(String[]::new);
		StringBuilder request = new StringBuilder(RawClient.handshake(PATHS[random.nextInt(PATHS.length)], headers));
		switch (random.nextInt(8)) {
			case 0 -> request.setLength(random.nextInt(request.length()));
			case 1 -> request.setCharAt(random.nextInt(request.length()), (char) random.nextInt(256));
			// The second comes while the first waits for its policy, or as a frame that
			// is none. Reactor Netty by itself leaks some of these.
			case 2 -> request.append(request);
			default -> {
			}
		}
		try {
			client.send(request.toString());
			if (random.nextBoolean() && request.toString().endsWith("\r\n\r\n")) {
				client.socket().setSoTimeout(200);
				client.readResponse();
			}
		}
		catch (IOException ex) {
			assertThat(ex).isInstanceOfAny(EOFException.class, SocketException.class, SocketTimeoutException.class);
		}
		return client;
	}

	private static void leave(RawClient client, Random random) throws IOException {
		try {
			switch (random.nextInt(3)) {
				case 0 -> client.reset();
				case 1 -> client.sendClose(1000, "bye");
				default -> {
				}
			}
		}
		catch (SocketException ex) {
			// The server was first.
		}
		client.close();
	}

	private static TestServer start(Transport transport) {
		return TestServer.on(transport)
			.property("websocket-keepalive.logging.lifecycle-level", "off")
			.property("server.forward-headers-strategy", (transport == Transport.EPOLL) ? "native" : "framework")
			.property("websocket-keepalive.admission.max-connections", 6)
			.property("websocket-keepalive.admission.max-connections-per-address", 5)
			.property("websocket-keepalive.admission.handshakes-per-second", 1000)
			.property("websocket-keepalive.admission.allowed-origins", "https://example.org")
			.property("logging.level.reactor.netty", "off")
			.property("logging.level.org.springframework.boot.webflux", "off")
			.start(Endpoints.class, OpenSockets.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints {

		@Bean
		@WebSocketMapping("/handler")
		WebSocketHandler handler() {
			return (session) -> session.send(session.receive().doOnNext((message) -> message.retain()));
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws("/route", (inbound, outbound) -> outbound
				.sendObject(inbound.receiveFrames().doOnNext((frame) -> frame.retain())));
		}

		@Bean
		WebFilter failing() {
			return (exchange, chain) -> switch (exchange.getRequest().getPath().value()) {
				case "/failing" -> Mono.error(new IllegalStateException("deliberate"));
				case "/slow" -> Mono.delay(Duration.ofMillis(20)).then(chain.filter(exchange));
				default -> chain.filter(exchange);
			};
		}

		@Bean
		AdmissionPolicy policy() {
			return (request) -> Mono.delay(Duration.ofMillis(1))
				.map((tick) -> request.headers().containsHeader("X-Reject") ? AdmissionDecision.reject(403, "test")
						: AdmissionDecision.admit());
		}

	}

}
