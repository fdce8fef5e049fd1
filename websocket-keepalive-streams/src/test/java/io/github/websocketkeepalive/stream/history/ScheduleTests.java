package io.github.websocketkeepalive.stream.history;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ScheduleTests {

	@Test
	void theSameSeedMakesTheSameSchedule() {
		LongStream.range(0, 100).forEach((seed) -> assertThat(schedule(seed)).hasToString(schedule(seed).toString()));
	}

	@Test
	void stepsAreInTheOrderOfTimeAndBeforeTheEnd() {
		LongStream.range(0, 100).forEach((seed) -> {
			List<Long> times = schedule(seed).steps().stream().map(Schedule.Step::millis).toList();
			assertThat(times).isSorted().allMatch((millis) -> millis < Schedule.END_MILLIS);
		});
	}

	@Test
	void everyFaultIsPlannedByOneOfTheFirstSeeds() {
		String all = String.join("\n",
				LongStream.rangeClosed(1, 60).mapToObj((seed) -> schedule(seed).toString()).toList());
		assertThat(all).contains("is paused", "clients of Redis", "is killed", "is stopped",
				"restarted from the snapshot", "is flushed", "is trimmed", "out of memory", "frozen", "thawed",
				"is cut", "the other links are cut", "former master killed", "stays with the former master",
				"another one started", "foreign entry is added at", "foreign entry is added\n");
	}

	private static Schedule schedule(long seed) {
		return Schedule.of(new Random(seed), 3);
	}

}
