package io.github.websocketkeepalive.eventloop;

/**
 * Is told how the event loops fare. Every bean of this type is.
 *
 * <p>
 * Methods must return at once: one that blocks holds up the event loop or the watchdog
 * that calls it. Whatever a method throws, errors included, is logged within a limit and
 * counted in the meter {@code websocket.callback.failures}. It affects neither the
 * watchdog nor other listeners.
 */
public interface EventLoopListener {

	/**
	 * Called when a loop has answered a probe, on that loop.
	 * @param eventLoop the name of the loop's thread
	 * @param nanos nanoseconds that the probe waited for its turn
	 */
	default void onLag(String eventLoop, long nanos) {
	}

	/**
	 * Called when a loop is found stalled, once for each stall, on the thread of the
	 * watchdog.
	 * @param eventLoop the name of the loop's thread
	 */
	default void onStall(String eventLoop) {
	}

}
