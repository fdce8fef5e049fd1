package io.github.websocketkeepalive.guard;

/**
 * Output above the limit, and for how long it has not become less. A peer that takes it
 * slowly but steadily is not stuck, however long that lasts; unless meanwhile the
 * application makes it grow beyond bounds.
 */
final class OutputBacklog {

	/**
	 * Up to so many times the limit it may grow and shrink in turn. Beyond, only what is
	 * less than ever before counts as less.
	 */
	private static final int GROWTH = 16;

	private long least;

	private long since;

	OutputBacklog(long now, long pending) {
		this.least = pending;
		this.since = now;
	}

	boolean isStuck(long now, long pending, GuardPolicy policy) {
		if (pending < this.least) {
			restart(now);
			this.least = pending;
		}
		else if (pending <= GROWTH * policy.maxPendingOutput()) {
			this.least = pending;
		}
		return now - this.since >= policy.slowConsumerTimeoutNanos();
	}

	void restart(long now) {
		this.since = now;
	}

}
