package io.github.websocketkeepalive.admission;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RetryPacingTests {

	private double random = 0.5;

	@Test
	void aDelayIsHalfToOneAndAHalfOfWhatIsConfigured() {
		RetryPacing pacing = pacing(0);
		assertThat(pacing.delayMillis()).isEqualTo(5000);
		this.random = 0;
		assertThat(pacing.delayMillis()).isEqualTo(2500);
		this.random = 1;
		assertThat(pacing.delayMillis()).isEqualTo(7500);
	}

	@Test
	void whoIsSentAwayInItsTurnMayReturnWithinASecond() {
		this.random = 0.5;
		assertThat(pacing(0).delayMillis(100_000, Duration.ofSeconds(15))).isEqualTo(500);
		assertThat(pacing(200).delayMillis(2000, Duration.ofSeconds(15))).isEqualTo(500);
		assertThat(pacing(200).delayMillis(3, Duration.ZERO)).isEqualTo(9);
	}

	@Test
	void thoseWhoAreSentAwayFasterThanTheyAreLetInAreSpreadOverOnePointTwoTimesTheIdeal() {
		RetryPacing pacing = pacing(200);
		Duration window = Duration.ofSeconds(10);
		this.random = 1;
		assertThat(pacing.delayMillis(2000, window)).isEqualTo(12_000);
		this.random = 0.25;
		assertThat(pacing.delayMillis(2000, window)).isEqualTo(3000);
		this.random = 0;
		assertThat(pacing.delayMillis(2000, window)).isOne();
	}

	private RetryPacing pacing(int perSecond) {
		return new RetryPacing(Duration.ofSeconds(5), perSecond, () -> this.random);
	}

}
