package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Heartbeats that are not ours, on real connections.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith({ LeakDetection.class, OutputCaptureExtension.class })
class TwoHeartbeatsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@Parameter
	private Transport transport;

	@Test
	void anApplicationThatPingsIsCountedAndWarnedOfOnce(CapturedOutput output) throws IOException {
		try (TestServer server = server();
				RawClient first = RawClient.connect(server.port(), "/pinging/1");
				RawClient second = RawClient.connect(server.port(), "/pinging/2")) {
			await().atMost(PATIENCE).untilAsserted(() -> {
				assertThat(foreignPings(server, "/pinging/1")).isGreaterThan(3);
				assertThat(foreignPings(server, "/pinging/2")).isGreaterThan(3);
				assertThat(warnings(output)).isEqualTo(1);
			});
			assertThat(output).contains("Two heartbeats on connections of /pinging/{name}: the application pings every",
					"websocket-keepalive every 0.3s");
			assertThat(first.read(RawClient.PING)).isNotNull();
			assertThat(second.read(RawClient.PING)).isNotNull();
		}
		assertThat(warnings(output)).isEqualTo(1);
	}

	@Test
	void aClientThatPingsUsIsCountedOnly(CapturedOutput output) throws IOException {
		try (TestServer server = server();
				RawClient client = RawClient.connect(server.port(), "/quiet/1");
				RawClient neighbour = RawClient.connect(server.port(), "/quiet/2")) {
			for (int i = 0; i < 4; i++) {
				client.send(RawClient.frame(true, RawClient.PING, new byte[] { (byte) i }));
			}
			assertThat(client.read(RawClient.PONG).payload()).containsExactly(0);
			client.answer(client.read(RawClient.PING));
			neighbour.answer(neighbour.read(RawClient.PING));
			await().atMost(PATIENCE).until(() -> foreignPings(server, "/quiet/1") == 4);
			assertThat(foreignPings(server, "/quiet/2")).isZero();
			assertThat(warnings(output)).isZero();
		}
	}

	@Test
	void pingsOfARouteWhoseEndpointIsUnknownAreCountedOnly(CapturedOutput output) throws IOException {
		try (TestServer server = server(); RawClient client = RawClient.connect(server.port(), "/route/pinging")) {
			await().atMost(PATIENCE).until(() -> foreignPings(server, "/route/pinging") > 3);
			assertThat(client.read(RawClient.PING)).isNotNull();
		}
		assertThat(warnings(output)).isZero();
	}

	@Test
	void unrelatedClientsAtOneAddressWithDifferentIntervalsAreCountedOnly(CapturedOutput output) throws IOException {
		try (TestServer server = server();
				RawClient often = RawClient.connect(server.port(), "/quiet/often");
				RawClient seldom = RawClient.connect(server.port(), "/quiet/seldom")) {
			Flux.interval(Duration.ofMillis(150)).take(16).doOnNext((number) -> {
				ping(often);
				if (number % 4 == 0) {
					ping(seldom);
				}
			}).blockLast(PATIENCE);
			await().atMost(PATIENCE)
				.until(() -> foreignPings(server, "/quiet/often") == 16 && foreignPings(server, "/quiet/seldom") == 4);
		}
		assertThat(warnings(output)).isZero();
	}

	private TestServer server() {
		return TestServer.on(this.transport).heartbeat("300ms", "20s").start(Application.class);
	}

	private static void ping(RawClient client) {
		try {
			client.send(RawClient.frame(true, RawClient.PING, new byte[0]));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static long foreignPings(TestServer server, String path) {
		return server.connections()
			.stream()
			.filter((connection) -> connection.getPath().equals(path))
			.mapToLong(WebSocketConnection::getForeignPings)
			.sum();
	}

	private static long warnings(CapturedOutput output) {
		return output.toString().lines().filter((line) -> line.contains("Two heartbeats")).count();
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@WebSocketMapping("/pinging/{name}")
		WebSocketHandler pinging() {
			return (session) -> session.send(Flux.interval(Duration.ofMillis(200))
				.map((number) -> session.pingMessage((factory) -> factory.wrap(new byte[] { number.byteValue() }))));
		}

		@Bean
		NettyRouteProvider route() {
			return (routes) -> routes.ws("/route/pinging",
					(in, out) -> out.sendObject(Flux.interval(Duration.ofMillis(200))
						.map((number) -> new PingWebSocketFrame(Unpooled.wrappedBuffer(new byte[1])))));
		}

		@Bean
		@WebSocketMapping("/quiet/{name}")
		WebSocketHandler quiet() {
			return (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
		}

	}

}
