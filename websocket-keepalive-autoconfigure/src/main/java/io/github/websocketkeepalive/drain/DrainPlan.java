package io.github.websocketkeepalive.drain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Who closes when: the window is cut into as many slots as there are connections, and
 * each closes at a random time of a random slot. So closes are uniform over the window,
 * and no burst is larger than two neighbours that chance to meet.
 *
 * @param <T> the type of what closes
 */
final class DrainPlan<T> {

	private final List<T> order;

	private final long[] closesAt;

	private int next;

	/**
	 * Create a plan.
	 * @param connections what is to close
	 * @param window over which time
	 * @param random decides who closes when
	 */
	DrainPlan(List<? extends T> connections, Duration window, Random random) {
		this.order = new ArrayList<>(connections);
		Collections.shuffle(this.order, random);
		this.closesAt = new long[this.order.size()];
		double slot = (double) window.toNanos() / this.closesAt.length;
		for (int i = 0; i < this.closesAt.length; i++) {
			this.closesAt[i] = (long) ((i + random.nextDouble()) * slot);
		}
	}

	/**
	 * Take those that are to close by now.
	 * @param elapsedNanos nanoseconds since the window began
	 * @return those whose time has come since the last call, in their order
	 */
	List<T> due(long elapsedNanos) {
		int first = this.next;
		while (this.next < this.closesAt.length && this.closesAt[this.next] <= elapsedNanos) {
			this.next++;
		}
		return this.order.subList(first, this.next);
	}

}
