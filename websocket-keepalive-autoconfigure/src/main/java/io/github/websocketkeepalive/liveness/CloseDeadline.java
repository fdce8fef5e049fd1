package io.github.websocketkeepalive.liveness;

/**
 * How long a closing connection may go on: as long as the peer takes what was written
 * before, and never for ever.
 */
final class CloseDeadline {

	private final LivenessPolicy policy;

	private final long startedAt;

	private long progressAt;

	private long pending;

	CloseDeadline(LivenessPolicy policy, long now, long pending) {
		this.policy = policy;
		this.startedAt = now;
		this.progressAt = now;
		this.pending = pending;
	}

	long dueAt() {
		return this.progressAt + this.policy.closeTimeoutNanos();
	}

	LivenessDecision check(long now, long pending) {
		if (now < dueAt()) {
			return LivenessDecision.WAIT;
		}
		if (pending < this.pending && now - this.startedAt < this.policy.heldLimitNanos()) {
			this.pending = pending;
			this.progressAt = now;
			return LivenessDecision.WAIT;
		}
		return LivenessDecision.RESET;
	}

}
