package io.github.websocketkeepalive.fault;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("slow")
@ExtendWith(LeakDetection.class)
class WrongPongTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int PINGS = 10;

	@ParameterizedTest
	@EnumSource
	void aPeerThatAnswersWithWrongPayloadsLivesButItsRoundTripTimeIsUnknown(Transport transport) throws IOException {
		try (TestServer server = TestServer.on(transport)
			.heartbeat("500ms", "1s")
			.property("websocket-keepalive.echo.path", "/echo/**")
			.start(RecordingListener.class);
				RawClient wrong = RawClient.connect(server.port(), "/echo/wrong");
				RawClient silent = RawClient.connect(server.port(), "/echo/silent")) {
			RecordingListener events = server.bean(RecordingListener.class);
			for (int i = 0; i < PINGS; i++) {
				RawClient.Frame ping = wrong.read(RawClient.PING);
				byte[] payload = ping.payload().clone();
				payload[i % payload.length] ^= 1;
				wrong.send(RawClient.frame(true, RawClient.PONG, payload));
			}
			await().atMost(PATIENCE).until(() -> !events.closed("/echo/silent").isEmpty());
			assertThat(events.closed("/echo/silent")).extracting(RecordingListener.Closed::cause)
				.containsExactly(CloseCause.PING_TIMEOUT);
			assertThat(events.closed("/echo/wrong")).isEmpty();
			WebSocketConnection alive = Survivors.at(server, "/echo/wrong").get(0);
			assertThat(alive.getPingsSent()).isGreaterThanOrEqualTo(PINGS);
			assertThat(alive.getPongsReceived()).isZero();
			assertThat(alive.getRtt()).isNull();
			wrong.sendText("still here");
			assertThat(wrong.read(RawClient.TEXT).text()).isEqualTo("still here");
			assertThat(silent.isClosedByServer()).isTrue();
		}
	}

}
