package io.github.websocketkeepalive.liveness;

/**
 * How far a {@link LivenessTracker} has come in asking its peer for a sign of life.
 */
enum Phase {

	/**
	 * Nothing is asked of the peer.
	 */
	QUIET,

	/**
	 * A ping is due and cannot be written.
	 */
	BLOCKED,

	/**
	 * A ping was written, and waits to be flushed.
	 */
	PING_WRITTEN,

	/**
	 * A ping was flushed, its deadline runs.
	 */
	PING_FLUSHED,

	/**
	 * A Close frame was written.
	 */
	CLOSING,

	/**
	 * The peer was given up.
	 */
	DEAD

}
