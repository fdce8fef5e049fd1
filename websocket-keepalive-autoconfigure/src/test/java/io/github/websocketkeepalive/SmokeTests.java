package io.github.websocketkeepalive;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.test.LiveClients;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SmokeTests {

	@ParameterizedTest
	@EnumSource
	void aServerWithTheStarterPingsItsPeers(Transport transport) throws Exception {
		try (TestServer server = TestServer.on(transport)
			.heartbeat("500ms", "500ms")
			.property("websocket-keepalive.echo.path", "/echo")
			.start();
				LiveClients clients = LiveClients.connect(10, server.uri("/echo"));
				RawClient raw = RawClient.connect(server.port(), "/echo")) {
			assertThat(raw.read(RawClient.PING).payload()).hasSize(8);
			await().atMost(Duration.ofSeconds(20)).until(() -> clients.pings() >= 20);
			assertThat(clients.open()).isEqualTo(10);
			assertThat(server.connections().stream().map((c) -> c.getTransport()))
				.containsOnly(transport.name().toLowerCase());
			assertThat(raw.read(RawClient.CLOSE).closeCode()).isEqualTo(1011);
		}
	}

}
