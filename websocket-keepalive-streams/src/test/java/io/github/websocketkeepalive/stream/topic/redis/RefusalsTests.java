package io.github.websocketkeepalive.stream.topic.redis;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalsTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final Refusals refusals = new Refusals();

	@Test
	void aTopicThatWasNeverTakenIsTriedEverySecond() {
		assertThat(this.refusals.refused(0)).hasSeconds(1);
		assertThat(this.refusals.refused(SECOND)).hasSeconds(1);
	}

	@Test
	void aTopicThatIsRefusedAgainSoonWaitsLongerEachTimeUpToHalfAMinute() {
		long[] expected = { 2, 4, 8, 16, 30, 30 };
		long now = 0;
		for (long seconds : expected) {
			this.refusals.taken(now);
			now += 30 * SECOND - 1;
			assertThat(this.refusals.refused(now)).hasSeconds(seconds);
			assertThat(this.refusals.refused(now)).hasSeconds(seconds);
		}
	}

	@Test
	void aTopicThatWasTakenForLongIsTriedSoonAgain() {
		this.refusals.taken(0);
		this.refusals.refused(SECOND);
		this.refusals.taken(2 * SECOND);
		this.refusals.taken(31 * SECOND);
		assertThat(this.refusals.refused(32 * SECOND)).hasSeconds(1);
	}

	@Test
	void theFirstRefusalOfABatchIsLookedAtAtOnceAndTheNextOnesLater() {
		assertThat(this.refusals.batchRefused()).isZero();
		assertThat(this.refusals.batchRefused()).hasMillis(3);
		assertThat(this.refusals.batchRefused()).hasMillis(15);
		assertThat(this.refusals.batchRefused()).hasMillis(63);
		assertThat(this.refusals.batchRefused()).hasMillis(255);
		assertThat(this.refusals.batchRefused()).hasMillis(255);
		this.refusals.batchTaken();
		assertThat(this.refusals.batchRefused()).isZero();
	}

}
