package io.github.websocketkeepalive.guard;

import java.time.Duration;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GuardPolicy}.
 */
class GuardPolicyTests {

	@Test
	void withoutAMaximumNothingIsTooOld() {
		assertThat(policy(null, 0.1).isTooOld(1, Long.MAX_VALUE)).isFalse();
		assertThat(policy(null, 0.1).limitsAge()).isFalse();
	}

	@Test
	void withoutJitterAllAreTooOldAtTheMaximum() {
		GuardPolicy policy = policy(Duration.ofMillis(1000), 0);
		assertThat(LongStream.range(0, 100)).allMatch((seed) -> !policy.isTooOld(seed, 999));
		assertThat(LongStream.range(0, 100)).allMatch((seed) -> policy.isTooOld(seed, 1000));
	}

	@Test
	void jitterSpreadsTheAgesEvenlyAroundTheMaximum() {
		GuardPolicy policy = policy(Duration.ofMillis(1000), 0.1);
		assertThat(tooOld(policy, 899)).isZero();
		assertThat(tooOld(policy, 950)).isBetween(2300L, 2700L);
		assertThat(tooOld(policy, 1000)).isBetween(4800L, 5200L);
		assertThat(tooOld(policy, 1050)).isBetween(7300L, 7700L);
		assertThat(tooOld(policy, 1100)).isEqualTo(10_000);
	}

	private static long tooOld(GuardPolicy policy, long age) {
		return LongStream.range(0, 10_000).filter((seed) -> policy.isTooOld(seed, age)).count();
	}

	private static GuardPolicy policy(@Nullable Duration age, double jitter) {
		return GuardPolicy.of(1, Duration.ofSeconds(1), 1, 1, age, jitter, 1, true);
	}

}
