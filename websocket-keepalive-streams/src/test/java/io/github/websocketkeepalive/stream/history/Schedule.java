package io.github.websocketkeepalive.stream.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What goes wrong in a run, and when. The same seed makes the same schedule.
 *
 * @param steps what to do, in the order of time
 */
record Schedule(List<Step> steps) {

	static final long END_MILLIS = 6000;

	private static final long BEGIN_MILLIS = 300;

	private static final int LEAST_FAULTS = 2;

	private static final int MAX_FAULTS = 5;

	static Schedule of(Random random, int instances) {
		List<Step> steps = new ArrayList<>();
		int faults = LEAST_FAULTS + random.nextInt(MAX_FAULTS - LEAST_FAULTS + 1);
		for (int i = 0; i < faults; i++) {
			long begin = BEGIN_MILLIS + random.nextInt((int) (END_MILLIS - BEGIN_MILLIS) * 3 / 4);
			draw(random).plan(new FaultPlan(begin, END_MILLIS, instances, random, steps));
		}
		steps.sort(Comparator.comparingLong(Step::millis));
		return new Schedule(List.copyOf(steps));
	}

	private static Fault draw(Random random) {
		int drawn = random.nextInt(Arrays.stream(Fault.values()).mapToInt(Fault::weight).sum());
		for (Fault fault : Fault.values()) {
			drawn -= fault.weight();
			if (drawn < 0) {
				return fault;
			}
		}
		throw new IllegalStateException();
	}

	/**
	 * Return what an instance is called.
	 */
	static String name(int instance) {
		return String.valueOf((char) ('a' + instance));
	}

	@Override
	public String toString() {
		return this.steps.stream().map(Step::toString).collect(Collectors.joining("\n"));
	}

	/**
	 * Something that is done at a time.
	 *
	 * @param millis when, in milliseconds since the run began
	 * @param what what, in words
	 * @param action what
	 */
	record Step(long millis, String what, Consumer<Testbed> action) {

		@Override
		public String toString() {
			return "%6d ms  %s".formatted(this.millis, this.what);
		}

	}

}
