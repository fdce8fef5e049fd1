package io.github.websocketkeepalive.client.shared;

/**
 * What becomes of a message for which there is no room.
 */
public enum OverflowPolicy {

	/**
	 * Its sender is told so.
	 */
	FAIL,

	/**
	 * It takes the place of the oldest one, whose sender is told so.
	 */
	DROP_OLDEST,

	/**
	 * Its sender waits until there is room.
	 */
	WAIT

}
