package io.github.websocketkeepalive.drain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DrainPlanTests {

	private static final Duration WINDOW = Duration.ofSeconds(10);

	@Test
	void everyConnectionClosesOnceWithinTheWindow() {
		DrainPlan<Integer> plan = plan(1000, 1);
		List<Integer> closed = new ArrayList<>();
		for (long elapsed = 0; elapsed <= WINDOW.toNanos(); elapsed += WINDOW.toNanos() / 100) {
			closed.addAll(plan.due(elapsed));
		}
		assertThat(closed).hasSize(1000).containsExactlyInAnyOrderElementsOf(connections(1000));
	}

	@Test
	void noTenthOfTheWindowSeesMoreThanATenth() {
		DrainPlan<Integer> plan = plan(1000, 2);
		for (int slot = 1; slot <= 10; slot++) {
			assertThat(plan.due(WINDOW.toNanos() * slot / 10)).hasSizeBetween(99, 101);
		}
	}

	@Test
	void theOrderIsRandom() {
		assertThat(plan(1000, 3).due(WINDOW.toNanos())).isNotEqualTo(plan(1000, 4).due(WINDOW.toNanos()))
			.isNotEqualTo(connections(1000));
	}

	@Test
	void theSameSeedMakesTheSamePlan() {
		assertThat(plan(50, 5).due(WINDOW.toNanos() / 3)).isEqualTo(plan(50, 5).due(WINDOW.toNanos() / 3));
	}

	@Test
	void nobodyClosesBeforeItsTime() {
		DrainPlan<Integer> plan = plan(1, 6);
		long time = (long) (new Random(6).nextDouble() * WINDOW.toNanos());
		assertThat(plan.due(time - 1)).isEmpty();
		assertThat(plan.due(time)).containsExactly(0);
	}

	@Test
	void withoutAWindowAllCloseAtOnce() {
		assertThat(new DrainPlan<>(connections(10), Duration.ZERO, new Random(7)).due(0)).hasSize(10);
	}

	@Test
	void withoutConnectionsNothingCloses() {
		assertThat(plan(0, 8).due(WINDOW.toNanos())).isEmpty();
	}

	private static DrainPlan<Integer> plan(int connections, long seed) {
		return new DrainPlan<>(connections(connections), WINDOW, new Random(seed));
	}

	private static List<Integer> connections(int count) {
		return IntStream.range(0, count).boxed().toList();
	}

}
