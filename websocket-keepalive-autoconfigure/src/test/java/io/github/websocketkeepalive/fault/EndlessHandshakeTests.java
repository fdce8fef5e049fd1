package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.websocketkeepalive.test.Protocol;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that never come to the end of their handshake, of TLS or of HTTP.
 */
class EndlessHandshakeTests {

	private static final int CLIENTS = 100;

	private static final byte[] CLIENT_HELLO = { 0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3 };

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@TempDir
	private static Path directory;

	@ParameterizedTest
	@CsvSource({ "HTTP1, EPOLL", "HTTP1, NIO", "HTTP1_OVER_TLS, EPOLL", "HTTP1_OVER_TLS, NIO" })
	void theyEndAndTheOthersStay(Protocol protocol, Transport transport) throws Exception {
		try (TestServer server = protocol.server(transport, directory)
			.property("websocket-keepalive.admission.handshake-timeout", "1s")
			.property("websocket-keepalive.echo.path", "/echo")
			.start(OpenSockets.class);
				RawClient good = protocol.isTls() ? RawClient.connectOverTls(server.port(), "/echo")
						: RawClient.connect(server.port(), "/echo")) {
			List<RawClient> endless = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				endless.add(RawClient.connectOnly(server.port(), 0));
			}
			OpenSockets sockets = server.bean(OpenSockets.class);
			await().atMost(PATIENCE).until(() -> sockets.count() == CLIENTS + 1);
			byte[] start = protocol.isTls() ? CLIENT_HELLO : "GET /echo?".getBytes();
			for (int i = 0; sockets.count() > 1; i++) {
				assertThat(i).isLessThan(200);
				trickle(endless, (i < start.length) ? start[i] : 'x');
			}
			assertThat(server.bean(MeterRegistry.class)
				.get("websocket.handshakes.rejected")
				.tag("reason", "handshake-timeout")
				.counter()
				.count()).isEqualTo(CLIENTS);
			good.sendText("alive");
			assertThat(good.read(RawClient.TEXT).text()).isEqualTo("alive");
			for (RawClient client : endless) {
				client.close();
			}
		}
	}

	private static void trickle(List<RawClient> clients, int next) throws InterruptedException {
		TimeUnit.MILLISECONDS.sleep(100);
		for (RawClient client : clients) {
			try {
				client.send(new byte[] { (byte) next });
			}
			catch (IOException ex) {
				// The server has given it up.
			}
		}
	}

}
