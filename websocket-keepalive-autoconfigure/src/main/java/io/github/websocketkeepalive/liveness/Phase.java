package io.github.websocketkeepalive.liveness;

/**
 * How far a {@link LivenessTracker} has come in asking its peer for a sign of life.
 */
enum Phase {

	/**
	 * Nothing is asked of the peer.
	 */
	QUIET(Liveness.ALIVE),

	/**
	 * A ping is due and cannot be written.
	 */
	BLOCKED(Liveness.ALIVE),

	/**
	 * A ping was written, and waits to be flushed.
	 */
	PING_WRITTEN(Liveness.AWAITING_PONG),

	/**
	 * A ping was flushed, its deadline runs.
	 */
	PING_FLUSHED(Liveness.AWAITING_PONG),

	/**
	 * A Close frame was written.
	 */
	CLOSING(Liveness.ALIVE),

	/**
	 * The peer was given up.
	 */
	DEAD(Liveness.DEAD);

	private final Liveness liveness;

	Phase(Liveness liveness) {
		this.liveness = liveness;
	}

	Liveness liveness() {
		return this.liveness;
	}

}
