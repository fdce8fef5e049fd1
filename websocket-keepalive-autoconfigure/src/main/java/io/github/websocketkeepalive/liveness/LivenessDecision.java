package io.github.websocketkeepalive.liveness;

import io.github.websocketkeepalive.Internal;

/**
 * What a {@link LivenessTracker} wants done.
 */
@Internal
public enum LivenessDecision {

	/**
	 * Nothing, until {@link LivenessTracker#dueAt()}.
	 */
	WAIT,

	/**
	 * Write and flush a ping.
	 */
	SEND_PING,

	/**
	 * Nothing yet: the peer is a suspect. Ask for a verdict once every socket of the
	 * event loop has been read.
	 */
	SUSPECT,

	/**
	 * Nothing yet: no verdict is possible, see {@link LivenessTracker#heldBy()}.
	 */
	HOLD,

	/**
	 * Close the connection, the peer has not answered.
	 */
	CLOSE,

	/**
	 * Reset the connection, its closing handshake makes no progress.
	 */
	RESET

}
