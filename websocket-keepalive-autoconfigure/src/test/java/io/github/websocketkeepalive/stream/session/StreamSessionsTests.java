package io.github.websocketkeepalive.stream.session;

import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class StreamSessionsTests {

	private final StreamSessions sessions = new StreamSessions(new ThrowingStore());

	@Test
	void aStoreThatThrowsCostsTheSessionAndIsToldOnce(CapturedOutput output) {
		this.sessions.keep("a", new StreamSession("id", Map.of(), List.of()));
		assertThat(this.sessions.take("a").block()).isNull();
		assertThat(output).containsOnlyOnce("Sessions of streams cannot be kept at present");
	}

	@Test
	void aConnectionThatCannotGiveItsSessionUpCostsTheSession() {
		this.sessions.hold("a", () -> Mono.error(new RejectedExecutionException("event executor terminated")));
		assertThat(this.sessions.take("a").block()).isNull();
	}

	private static final class ThrowingStore implements SessionStore {

		@Override
		public Mono<Void> save(String key, StreamSession session) {
			throw new IllegalStateException("save");
		}

		@Override
		public Mono<StreamSession> take(String key) {
			throw new IllegalStateException("take");
		}

	}

}
