package io.github.websocketkeepalive.stream.history;

import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Plans one fault: draws what is random of it, and adds its steps to the schedule.
 *
 * @param begin when the fault begins, in milliseconds since the run began
 * @param end when everything is healed
 * @param instances how many instances there are
 * @param random what is drawn from
 * @param steps where steps are added
 */
record FaultPlan(long begin, long end, int instances, Random random, List<Schedule.Step> steps) {

	long millis(long least, long most) {
		return least + this.random.nextInt((int) (most - least) + 1);
	}

	int instance() {
		return this.random.nextInt(this.instances);
	}

	// Steps behind the end are left out: healing does the same.
	void at(long millis, String what, Consumer<Testbed> action) {
		if (this.begin + millis < this.end) {
			this.steps.add(new Schedule.Step(this.begin + millis, what, action));
		}
	}

}
