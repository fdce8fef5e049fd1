package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.RecordingListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class MaximumAgeTests {

	@ParameterizedTest
	@EnumSource
	void aConnectionEndsAtItsAgeAndIsToldWhenToComeBack(Transport transport) throws IOException {
		try (TestServer server = serverOf(transport).start(RecordingListener.class)) {
			endsAtItsAge(server, 1012);
		}
	}

	@Test
	void aConnectionEndsAtItsAgeWithTheCodeThatIsConfigured() throws IOException {
		try (TestServer server = serverOf(Transport.NIO)
			.property("websocket-keepalive.guard.max-connection-age-close-code", "4001")
			.start(RecordingListener.class)) {
			endsAtItsAge(server, 4001);
		}
	}

	private static TestServer.Builder serverOf(Transport transport) {
		return TestServer.on(transport)
			.property("websocket-keepalive.event-loop.sweep", "50ms")
			.property("websocket-keepalive.guard.max-connection-age", "1s")
			.property("websocket-keepalive.guard.max-connection-age-jitter", "50%")
			.property("websocket-keepalive.echo.path", "/echo");
	}

	private static void endsAtItsAge(TestServer server, int code) throws IOException {
		try (RawClient client = RawClient.connect(server.port(), "/echo")) {
			long start = System.nanoTime();
			RawClient.Frame close = client.read(RawClient.CLOSE);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
			assertThat(close.closeCode()).isEqualTo(code);
			assertThat(close.closeReason()).matches("reconnect-after=\\d{1,3}");
			RecordingListener events = server.bean(RecordingListener.class);
			await().atMost(Duration.ofSeconds(20)).until(() -> !events.closed().isEmpty());
			assertThat(events.closed().get(0).cause()).isEqualTo(CloseCause.MAX_AGE);
			assertThat(events.closed().get(0).code()).isEqualTo(code);
		}
	}

}
