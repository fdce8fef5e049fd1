package io.github.websocketkeepalive.drain;

/**
 * Draws when those that are sent away may come back.
 */
@FunctionalInterface
public interface ReturnDelays {

	/**
	 * Draw a delay for one client. Called on the thread of the drain. Whatever is thrown,
	 * errors included, is logged within a limit and counted in the meter
	 * {@code websocket.callback.failures}. That client is told to come back within a
	 * second.
	 * @param clients how many are sent away together
	 * @return the delay in milliseconds
	 */
	long nextMillis(long clients);

}
