package io.github.websocketkeepalive.contract;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.Http2Client;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That a client which asks for a version that is not spoken is told the one that is, at
 * the cost of one line in the log.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith({ OutputCaptureExtension.class, LeakDetection.class })
class HandshakeVersionTests {

	@Parameter
	private Transport transport;

	@ParameterizedTest
	@CsvSource({ "true, 12", "true, 8", "true, ''", "true, '13, 8'", "false, 12", "false, '13, 8'" })
	void anotherVersionIsRefused(boolean strict, String version, CapturedOutput output) throws IOException {
		String header = "Sec-WebSocket-Version: ";
		String line = version.isEmpty() ? "" : header + version + "\r\n";
		try (TestServer server = start(strict)) {
			for (String path : new String[] { "/handler", "/route", "/handler", "/route" }) {
				try (RawClient client = RawClient.connectOnly(server.port(), 0)) {
					client.send(RawClient.handshake(path).replace(header + "13\r\n", line));
					assertThat(client.readResponse()).startsWith("HTTP/1.1 426")
						.containsIgnoringCase("\r\nSec-WebSocket-Version: 13\r\n")
						.containsIgnoringCase("\r\nUpgrade: websocket\r\n")
						.containsIgnoringCase("\r\nConnection: close\r\n");
					assertThat(client.isClosedByServer()).isTrue();
				}
			}
		}
		assertThat(output.toString()).containsOnlyOnce("Refused a WebSocket: reason=version remote=127.0.0.1:")
			.doesNotContain("ERROR")
			.doesNotContain("\tat ");
	}

	@Test
	void aStrictServerOpensNoWebSocketOfTheTimeBeforeVersions() throws IOException {
		try (TestServer server = start(true); RawClient client = RawClient.connectOnly(server.port(), 0)) {
			client.send("GET /route HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n"
					+ "Upgrade: WebSocket\r\nOrigin: http://localhost\r\n\r\n");
			assertThat(client.readResponse()).startsWith("HTTP/1.1 404");
		}
	}

	@ParameterizedTest
	@CsvSource({ "true, 12", "true, ''", "false, 12", "false, 8" })
	void anotherVersionIsRefusedOverHttp2(boolean strict, String version, CapturedOutput output) throws Exception {
		try (TestServer server = start(strict)) {
			for (String path : new String[] { "/handler", "/route" }) {
				assertThat(Http2Client.handshake(server.port(), false, path, "Sec-WebSocket-Version: " + version))
					.containsEntry(":status", "400")
					.containsEntry("sec-websocket-version", "13");
			}
		}
		assertThat(output.toString()).containsOnlyOnce("Refused a WebSocket: reason=version")
			.doesNotContain("ERROR")
			.doesNotContain("\tat ");
	}

	private TestServer start(boolean strict) {
		return TestServer.on(this.transport)
			.property("server.http2.enabled", true)
			.property("websocket-keepalive.guard.strict", strict)
			.start(Endpoints.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints {

		@Bean
		@WebSocketMapping("/handler")
		WebSocketHandler handler() {
			return (session) -> session.receive().then();
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws("/route", (inbound, outbound) -> inbound.receive().then());
		}

	}

}
