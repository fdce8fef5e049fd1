package io.github.websocketkeepalive.drain;

/**
 * Draws when those that are sent away may come back.
 */
@FunctionalInterface
public interface ReturnDelays {

	/**
	 * Draw a delay for one client. May be called on any thread.
	 * @param clients how many are sent away together
	 * @return the delay in milliseconds
	 */
	long nextMillis(long clients);

}
