package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.TestServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The meters of a server that has had a probe, a refused handshake, a connection and
 * streams: their names, types, base units and the keys of their tags.
 */
@ExtendWith(LeakDetection.class)
class RecordedMetersTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@Test
	void metersAreAsRecorded() throws IOException {
		try (TestServer server = RecordedApplication.server().start(RecordedApplication.class)) {
			converse(server);
			MeterRegistry registry = server.bean(MeterRegistry.class);
			await().atMost(PATIENCE)
				.untilAsserted(() -> Recording.of("meters")
					.hasLines(registry.getMeters()
						.stream()
						.map(Meter::getId)
						.filter((id) -> id.getName().startsWith("websocket."))
						.map(RecordedMetersTests::describe)
						.sorted()
						.distinct()));
		}
	}

	private static void converse(TestServer server) throws IOException {
		RawClient.connectOnly(server.port(), 0).close();
		try (RawClient refused = RawClient.connectOnly(server.port(), 0)) {
			refused.send(RawClient.handshake("/ws/echo", "Origin: https://example.com"));
			assertThat(refused.readResponse()).startsWith("HTTP/1.1 403");
		}
		try (StreamPeer peer = StreamPeer.connect(server.port(), "/ws/streams")) {
			peer.open("s1", "rows");
			assertThat(peer.readAll("s1")).isEqualTo(3);
			peer.open("s2", "rows", "0", 1);
			assertThat(peer.readAll("s2")).isEqualTo(2);
			peer.open("s3", "rows", "another", 1);
			assertThat(peer.readAll("s3")).isEqualTo(3);
			peer.open("s4", "nothing");
			peer.read("error");
			peer.raw().sendClose(1000, "");
			assertThat(peer.raw().isClosedByServer()).isTrue();
		}
		await().atMost(PATIENCE).until(() -> server.connections().count() == 0);
	}

	private static String describe(Meter.Id id) {
		return Stream
			.of(id.getName(), id.getType().name(), "unit " + id.getBaseUnit(),
					"tags " + id.getTags().stream().map(Tag::getKey).collect(Collectors.joining(" ")))
			.collect(Collectors.joining(" | "));
	}

}
