package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.SelfSignedKeyStore;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An end over TLS has the cause that it has without.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakDetection.class)
class TlsEndTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@TempDir
	private static Path directory;

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServer(Transport transport) throws Exception {
		server = TestServer.on(transport)
			.heartbeat("1h", "1h")
			.property("websocket-keepalive.echo.path", "/echo/**")
			.property("server.ssl.key-store", SelfSignedKeyStore.in(directory).toUri())
			.property("server.ssl.key-store-password", SelfSignedKeyStore.PASSWORD)
			.start(RecordingListener.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@ParameterizedTest
	@EnumSource
	void anEndHasItsCauseAndTheNeighbourGoesOn(End end) throws Exception {
		RecordingListener events = server.bean(RecordingListener.class);
		String path = "/echo/" + end;
		try (RawClient neighbour = RawClient.connectOverTls(server.port(), "/echo/neighbour");
				RawClient client = RawClient.connectOverTls(server.port(), path)) {
			client.sendText("here");
			assertThat(client.read(RawClient.TEXT).text()).isEqualTo("here");
			end.act.on(client);
			await().atMost(PATIENCE).until(() -> !events.closed(path).isEmpty());
			assertThat(events.closed(path)).extracting(RecordingListener.Closed::cause).containsExactly(end.cause);
			neighbour.sendText("still there?");
			assertThat(neighbour.read(RawClient.TEXT).text()).isEqualTo("still there?");
		}
	}

	/**
	 * How a peer ends its connection.
	 */
	enum End {

		RESET(CloseCause.RESET, RawClient::reset),

		RESET_INSIDE_A_RECORD(CloseCause.RESET, (client) -> {
			client.socket().getOutputStream().write(new byte[] { 23, 3, 3, 1, 0, 7 });
			client.reset();
		}),

		FIN(CloseCause.EOF, (client) -> client.socket().shutdownOutput()),

		CLOSE_FRAME(CloseCause.PEER_CLOSED, (client) -> client.sendClose(1000, "bye"));

		private final CloseCause cause;

		private final Act act;

		End(CloseCause cause, Act act) {
			this.cause = cause;
			this.act = act;
		}

	}

	@FunctionalInterface
	private interface Act {

		void on(RawClient client) throws IOException;

	}

}
