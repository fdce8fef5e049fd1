package io.github.websocketkeepalive.probe;

/**
 * Is told of probes. Every bean of this type is.
 *
 * <p>
 * Methods are called on event loops and must return at once: while one blocks, no
 * connection of that loop is served. Whatever a method throws, errors included, is logged
 * within a limit and counted in the meter {@code websocket.callback.failures}. It affects
 * neither the server nor other listeners.
 */
public interface ProbeListener {

	/**
	 * Called when a connection has ended without a valid request.
	 * @param probe the connection
	 */
	default void onProbe(Probe probe) {
	}

	/**
	 * Called when a line of the log was downgraded, on the thread that logs.
	 * @param logger the name of its logger
	 */
	default void onDowngraded(String logger) {
	}

}
