package io.github.websocketkeepalive.liveness;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CloseDeadline}.
 */
class CloseDeadlineTests {

	private static final long START = 1000;

	private static final long CLOSE_TIMEOUT = 10;

	private static final long HELD_LIMIT = 25;

	private final CloseDeadline deadline = new CloseDeadline(
			new LivenessPolicy(PingMode.ALWAYS, 100, 100, CLOSE_TIMEOUT, HELD_LIMIT), START, 500);

	@Test
	void isDueAfterTheCloseTimeout() {
		assertThat(this.deadline.dueAt()).isEqualTo(START + CLOSE_TIMEOUT);
		assertThat(this.deadline.check(START + CLOSE_TIMEOUT - 1, 500)).isEqualTo(LivenessDecision.WAIT);
		assertThat(this.deadline.check(START + CLOSE_TIMEOUT, 500)).isEqualTo(LivenessDecision.RESET);
	}

	@Test
	void isPutOffAsLongAsThePeerTakesWhatWasWrittenBefore() {
		assertThat(this.deadline.check(START + 10, 499)).isEqualTo(LivenessDecision.WAIT);
		assertThat(this.deadline.dueAt()).isEqualTo(START + 20);
		assertThat(this.deadline.check(START + 19, 499)).isEqualTo(LivenessDecision.WAIT);
		assertThat(this.deadline.check(START + 20, 499)).isEqualTo(LivenessDecision.RESET);
	}

	@Test
	void moreToTakeIsNoProgress() {
		assertThat(this.deadline.check(START + 10, 501)).isEqualTo(LivenessDecision.RESET);
	}

	@Test
	void isNotPutOffBeyondTheHeldLimit() {
		assertThat(this.deadline.check(START + 10, 400)).isEqualTo(LivenessDecision.WAIT);
		assertThat(this.deadline.check(START + 20, 300)).isEqualTo(LivenessDecision.WAIT);
		assertThat(this.deadline.check(START + 30, 200)).isEqualTo(LivenessDecision.RESET);
	}

}
