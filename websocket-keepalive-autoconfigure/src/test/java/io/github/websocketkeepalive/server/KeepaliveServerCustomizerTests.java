package io.github.websocketkeepalive.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.websocketkeepalive.eventloop.EventLoopListener;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link KeepaliveServerCustomizer}.
 */
class KeepaliveServerCustomizerTests {

	@ParameterizedTest
	@EnumSource
	void everyEventLoopOfTheServerIsWatchedEvenWithoutAConnection(Transport transport) {
		try (TestServer server = TestServer.on(transport).workers(3).start(LoopNames.class)) {
			Set<String> names = server.bean(LoopNames.class).names;
			await().atMost(Duration.ofSeconds(30)).until(() -> names.size() == 3);
			assertThat(names).allMatch((name) -> name.startsWith("test-"));
		}
	}

	static final class LoopNames implements EventLoopListener {

		private final Set<String> names = ConcurrentHashMap.newKeySet();

		@Override
		public void onLag(String eventLoop, long nanos) {
			this.names.add(eventLoop);
		}

	}

}
