package io.github.websocketkeepalive.stream.topic.redis;

import java.time.Duration;

/**
 * Decides how long to wait after Redis has refused something. Whatever is refused again
 * soon after it was taken waits longer each time, so that a Redis that takes and refuses
 * by turns does not have clients told of a new epoch again and again.
 */
final class Refusals {

	private static final Duration MIN_RETRY = Duration.ofSeconds(1);

	private static final Duration MAX_RETRY = Duration.ofSeconds(30);

	/**
	 * A topic that was taken for so long begins anew.
	 */
	private static final Duration STABLE = Duration.ofSeconds(30);

	private static final int MAX_BATCHES = 5;

	private Duration retry = MIN_RETRY;

	private long takenAt;

	private boolean taken;

	private int batches;

	/**
	 * Note that Redis takes the topic.
	 * @param now the time in nanoseconds
	 */
	void taken(long now) {
		if (!this.taken) {
			this.taken = true;
			this.takenAt = now;
		}
	}

	/**
	 * Note that Redis refuses the topic, or is not there.
	 * @param now the time in nanoseconds
	 * @return time until the topic is tried again
	 */
	Duration refused(long now) {
		if (this.taken) {
			boolean soon = now - this.takenAt < STABLE.toNanos();
			Duration longer = this.retry.multipliedBy(2);
			this.retry = !soon ? MIN_RETRY : (longer.compareTo(MAX_RETRY) < 0) ? longer : MAX_RETRY;
			this.taken = false;
		}
		return this.retry;
	}

	void batchTaken() {
		this.batches = 0;
	}

	/**
	 * Note that Redis has refused a batch because its epoch does not go on.
	 * @return time until that is looked at: none for the first, and more for each that
	 * follows
	 */
	Duration batchRefused() {
		this.batches = Math.min(this.batches + 1, MAX_BATCHES);
		return Duration.ofMillis((1L << 2 * (this.batches - 1)) - 1);
	}

}
