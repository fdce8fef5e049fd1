package io.github.websocketkeepalive.probe;

/**
 * Is told of probes. Every bean of this type is. Called on event loops, so must not
 * block.
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
