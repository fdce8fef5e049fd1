package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.test.StreamPeer;
import io.github.websocketkeepalive.test.StreamServers;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams of an application whose connections are not watched.
 */
class SwitchedOffStreamsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static TestServer server;

	@BeforeAll
	static void startServer() {
		server = TestServer.on(Transport.NIO)
			.property("websocket-keepalive.enabled", false)
			.start(StreamServers.Numbers.class);
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@Test
	void streamsAreServed() throws IOException {
		try (StreamPeer peer = StreamPeer.connect(server.port(), "/ws/streams")) {
			peer.open("1", "numbers");
			assertThat(peer.readAll("1")).isEqualTo(100);
		}
	}

	@Test
	void topicsArePublished() {
		assertThat(server.bean(LiveTopics.class).create("prices").publish(1).block(PATIENCE)).isNotNull();
	}

}
