package io.github.websocketkeepalive.guard;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OutputBacklog}, to the nanosecond.
 */
class OutputBacklogTests {

	private static final long TIMEOUT = 10;

	private static final GuardPolicy POLICY = GuardPolicy.of(1000, Duration.ofNanos(TIMEOUT), 1, 1, null, 0, 1, true);

	@Test
	void outputThatNobodyTakesIsStuckAfterTheTimeout() {
		OutputBacklog backlog = new OutputBacklog(0, 5000);
		assertThat(backlog.isStuck(TIMEOUT - 1, 5000, POLICY)).isFalse();
		assertThat(backlog.isStuck(TIMEOUT, 5000, POLICY)).isTrue();
	}

	@Test
	void outputThatIsTakenByteByByteIsNotStuck() {
		OutputBacklog backlog = new OutputBacklog(0, 100_000);
		for (int i = 1; i < 1000; i++) {
			assertThat(backlog.isStuck(i * (TIMEOUT - 1), 100_000 - i, POLICY)).isFalse();
		}
	}

	@Test
	void outputThatOnlyGrowsIsStuck() {
		OutputBacklog backlog = new OutputBacklog(0, 2000);
		for (int i = 1; i < TIMEOUT; i++) {
			assertThat(backlog.isStuck(i, 2000 + i, POLICY)).isFalse();
		}
		assertThat(backlog.isStuck(TIMEOUT, 3000, POLICY)).isTrue();
	}

	@Test
	void outputThatShrinksAndIsRefilledIsNotStuck() {
		OutputBacklog backlog = new OutputBacklog(0, 2000);
		for (int i = 1; i < 1000; i++) {
			long pending = 2000 + 100 * (50 - i % 50);
			assertThat(backlog.isStuck(i * 5, pending, POLICY)).isFalse();
		}
	}

	@Test
	void outputThatGrowsBeyondBoundsIsStuckAlthoughItShrinksNowAndThen() {
		OutputBacklog backlog = new OutputBacklog(0, 2000);
		long pending = 2000;
		int now = 0;
		while (!backlog.isStuck(++now, pending, POLICY)) {
			pending += (now % 2 == 0) ? 500 : -100;
			assertThat(pending).isLessThan(20_000);
		}
		assertThat(pending).isGreaterThan(16_000);
	}

	@Test
	void anAcknowledgementGrantsAnotherTimeout() {
		OutputBacklog backlog = new OutputBacklog(0, 5000);
		backlog.restart(TIMEOUT);
		assertThat(backlog.isStuck(2 * TIMEOUT - 1, 5000, POLICY)).isFalse();
		assertThat(backlog.isStuck(2 * TIMEOUT, 5000, POLICY)).isTrue();
	}

}
