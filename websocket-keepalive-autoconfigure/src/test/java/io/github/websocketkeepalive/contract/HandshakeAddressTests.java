package io.github.websocketkeepalive.contract;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.endpoint.WebSocketDescriptor;
import io.github.websocketkeepalive.endpoint.WebSocketsDescriptor;
import io.github.websocketkeepalive.endpoint.WebSocketsEndpoint;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Which address a handshake has, and so the connection that comes of it, however Spring
 * Boot is told to use forwarded headers.
 */
@ParameterizedClass
@CsvSource({ "native, -1", "framework, -1", "none, -1", "native, 1", "framework, 2", "none, 1", "framework, 0" })
class HandshakeAddressTests {

	private static final int NOT_SET = -1;

	private static final String PEER = "127.0.0.1";

	private static TestServer server;

	@Parameter(0)
	private String strategy;

	@Parameter(1)
	private int trustedProxies;

	@BeforeParameterizedClassInvocation
	static void startServer(String strategy, int trustedProxies) {
		TestServer.Builder builder = TestServer.on(Transport.NIO)
			.property("server.forward-headers-strategy", strategy)
			.property("management.endpoints.web.exposure.include", "websockets");
		if (trustedProxies != NOT_SET) {
			builder.property("websocket-keepalive.admission.trusted-proxies", trustedProxies);
		}
		server = builder.start(Endpoints.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	// The last three columns: the first address, the first and the second from the right.
	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					X-Forwarded-For: 192.0.2.1                            | 192.0.2.1       | 192.0.2.1 | 127.0.0.1
					X-Forwarded-For: 192.0.2.1:4711                       | 192.0.2.1       | 192.0.2.1 | 127.0.0.1
					X-Forwarded-For: ::ffff:192.0.2.1                     | 192.0.2.1       | 192.0.2.1 | 127.0.0.1
					X-Forwarded-For: 2001:DB8::1                          | 2001:db8:0:0:0:0:0:1 | 2001:db8:0:0:0:0:0:1 | 127.0.0.1
					X-Forwarded-For: [2001:db8::1]:4711                   | 2001:db8:0:0:0:0:0:1 | 2001:db8:0:0:0:0:0:1 | 127.0.0.1
					X-Forwarded-For: 10.0.1                               | 127.0.0.1       | 127.0.0.1 | 127.0.0.1
					X-Forwarded-For: 0xa.0.0.1                            | 127.0.0.1       | 127.0.0.1 | 127.0.0.1
					X-Forwarded-For: 010.0.0.1                            | 127.0.0.1       | 127.0.0.1 | 127.0.0.1
					X-Forwarded-For: localhost                            | 127.0.0.1       | 127.0.0.1 | 127.0.0.1
					X-Forwarded-For: unknown                              | 127.0.0.1       | 127.0.0.1 | 127.0.0.1
					X-Forwarded-For: 198.51.100.9, 203.0.113.7, 192.0.2.1 | 198.51.100.9    | 192.0.2.1 | 203.0.113.7
					X-Forwarded-For: 198.51.100.9, unknown                | 198.51.100.9    | 127.0.0.1 | 198.51.100.9
					X-Forwarded-For: 198.51.100.9; X-Forwarded-For: 192.0.2.1 | 198.51.100.9 | 192.0.2.1 | 198.51.100.9
					Forwarded: for=192.0.2.1                              | 192.0.2.1       | 192.0.2.1 | 127.0.0.1
					Forwarded: for="192.0.2.1:4711"                       | 192.0.2.1       | 192.0.2.1 | 127.0.0.1
					Forwarded: FOR="[2001:db8::1]:4711"                   | 2001:db8:0:0:0:0:0:1 | 2001:db8:0:0:0:0:0:1 | 127.0.0.1
					Forwarded: for=_hidden                                | 127.0.0.1       | 127.0.0.1 | 127.0.0.1
					Forwarded: for=198.51.100.9, for=192.0.2.1            | 198.51.100.9    | 192.0.2.1 | 198.51.100.9
					Forwarded: for=198.51.100.9; X-Forwarded-For: 192.0.2.1 | 198.51.100.9  | 192.0.2.1 | 127.0.0.1
					""")
	void anAddressIsReadStrictlyAndTheSameInEveryWay(String headers, String first, String right, String secondFromRight)
			throws Exception {
		String expected = switch (this.trustedProxies) {
			case 0 -> PEER;
			case 1 -> right;
			case 2 -> secondFromRight;
			default -> this.strategy.equals("none") ? PEER : first;
		};
		Endpoints endpoints = server.bean(Endpoints.class);
		List<String> seen = new ArrayList<>();
		for (String path : List.of("/handler", "/route")) {
			try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
				client.send(RawClient.handshake(path, headers.split("; (?=X-)")));
				assertThat(client.readResponse()).startsWith("HTTP/1.1 101");
				seen.add(endpoints.decided.poll(20, TimeUnit.SECONDS));
				seen.add(endpoints.opened.poll(20, TimeUnit.SECONDS));
			}
		}
		assertThat(seen).containsOnly(expected);
	}

	@Test
	void anAddressOfIpv6IsShownInOnePairOfBracketsAndFound() throws Exception {
		assumeThat(this.strategy).isNotEqualTo("none");
		assumeThat(this.trustedProxies).isEqualTo(NOT_SET);
		Endpoints endpoints = server.bean(Endpoints.class);
		for (String header : List.of("X-Forwarded-For: 2001:db8::7", "X-Forwarded-For: [2001:db8::7]:4711",
				"Forwarded: for=\"[2001:db8::7]:4711\"")) {
			try (RawClient client = RawClient.connect(server.port(), "/handler", header)) {
				assertThat(endpoints.opened.poll(20, TimeUnit.SECONDS)).isEqualTo("2001:db8:0:0:0:0:0:7");
				assertThat(client.socket().isConnected()).isTrue();
				for (String filter : List.of("2001:db8::7", "[2001:db8::7]")) {
					WebSocketsDescriptor found = (WebSocketsDescriptor) server.bean(WebSocketsEndpoint.class)
						.list(null, null, null, filter, null, null)
						.getBody();
					assertThat(found.connections()).extracting(WebSocketDescriptor::remoteAddress)
						.singleElement(InstanceOfAssertFactories.STRING)
						.startsWith("[2001:db8:0:0:0:0:0:7]:");
				}
			}
			await().until(() -> server.connections().count() == 0);
		}
		endpoints.decided.clear();
	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints implements ConnectionListener {

		private final BlockingQueue<String> decided = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> opened = new LinkedBlockingQueue<>();

		@Bean
		@WebSocketMapping("/handler")
		WebSocketHandler handler() {
			return (session) -> session.receive().then();
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws("/route", (inbound, outbound) -> inbound.receive().then());
		}

		@Bean
		AdmissionPolicy policy() {
			return (request) -> {
				this.decided.add(request.remoteAddress().getAddress().getHostAddress());
				return Mono.empty();
			};
		}

		@Override
		public void onOpened(WebSocketConnection connection) {
			this.opened.add(((InetSocketAddress) connection.getRemoteAddress()).getAddress().getHostAddress());
		}

	}

}
