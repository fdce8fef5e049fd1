package io.github.websocketkeepalive.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LogLimiterTests {

	private static final long INTERVAL = LogLimiter.INTERVAL.toNanos();

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

	private final LogLimiter limiter = new LogLimiter(this.now::get);

	private final List<String> lines = new ArrayList<>();

	@Test
	void theFirstLineOfAKindIsLogged() {
		log("failure");
		assertThat(this.lines).containsExactly("failure");
	}

	@Test
	void othersOfThatKindAreCountedInTheNextLineAfterTheInterval() {
		log("failure");
		log("failure");
		this.now.addAndGet(INTERVAL - 1);
		log("failure");
		this.now.addAndGet(1);
		log("failure");
		assertThat(this.lines).containsExactly("failure", "failure (2 more of this kind since the last such line)");
	}

	@Test
	void aLineIsCountedOnce() {
		log("failure");
		log("failure");
		this.now.addAndGet(INTERVAL);
		log("failure");
		this.now.addAndGet(INTERVAL);
		log("failure");
		assertThat(this.lines).last().isEqualTo("failure");
	}

	@Test
	void kindsAreLimitedEachOnItsOwn() {
		log("failure");
		log("refusal");
		assertThat(this.lines).containsExactly("failure", "refusal");
	}

	@Test
	void aLineThatIsNotOursIsAdmittedOnceInTheInterval() {
		assertThat(this.limiter.admits("failure")).isTrue();
		assertThat(this.limiter.admits("failure")).isFalse();
		this.now.addAndGet(INTERVAL);
		assertThat(this.limiter.admits("failure")).isTrue();
	}

	@Test
	void aThousandKindsAreNotAThousandLines() {
		for (int kind = 0; kind < 1000; kind++) {
			log("kind " + kind);
		}
		assertThat(this.lines).hasSize(65);
	}

	private void log(String kind) {
		this.limiter.log(kind, (more) -> this.lines.add(kind + more));
	}

}
