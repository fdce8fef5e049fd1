package io.github.websocketkeepalive.liveness;

/**
 * What is known about the peer of a connection.
 */
public enum Liveness {

	/**
	 * The peer has given a sign of life since it was last asked for one.
	 */
	ALIVE,

	/**
	 * A ping is on its way and the peer still has time to answer.
	 */
	AWAITING_PONG,

	/**
	 * No verdict is possible at present, see {@link HoldReason}.
	 */
	HELD,

	/**
	 * The peer has been given up.
	 */
	DEAD

}
