package io.github.websocketkeepalive.liveness;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link LivenessPolicy}.
 */
class LivenessPolicyTests {

	@Test
	void isMadeOfDurations() {
		LivenessPolicy policy = LivenessPolicy.of(PingMode.WHEN_IDLE, Duration.ofSeconds(20), Duration.ofSeconds(10),
				Duration.ofSeconds(5), Duration.ofMinutes(5));
		assertThat(policy).isEqualTo(new LivenessPolicy(PingMode.WHEN_IDLE, 20_000_000_000L, 10_000_000_000L,
				5_000_000_000L, 300_000_000_000L));
	}

	@ParameterizedTest
	@CsvSource({ "1, 2, 3", "2, 1, 3", "3, 2, 1" })
	void theHeldLimitDoesNotCountAsShortest(long interval, long timeout, long closeTimeout) {
		assertThat(new LivenessPolicy(PingMode.ALWAYS, interval, timeout, closeTimeout, 1).shortestNanos())
			.isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "0, 1, 1, 1, interval", "1, 0, 1, 1, timeout", "1, 1, -1, 1, closeTimeout", "1, 1, 1, 0, heldLimit" })
	void everyPeriodIsPositive(long interval, long timeout, long closeTimeout, long heldLimit, String name) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new LivenessPolicy(PingMode.ALWAYS, interval, timeout, closeTimeout, heldLimit))
			.withMessage(name + " must be positive");
	}

}
