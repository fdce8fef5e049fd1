package io.github.websocketkeepalive.liveness;

/**
 * When a peer is pinged.
 */
public enum PingMode {

	/**
	 * Every interval.
	 */
	ALWAYS,

	/**
	 * Only after an interval in which nothing was received.
	 */
	WHEN_IDLE,

	/**
	 * Not at all: the connection is watched but never asked for a sign of life.
	 */
	NEVER

}
