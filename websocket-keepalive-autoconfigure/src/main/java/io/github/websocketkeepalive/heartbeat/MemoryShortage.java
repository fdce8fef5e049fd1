package io.github.websocketkeepalive.heartbeat;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.peer.LogLimiter;

/**
 * Recognizes that a connection fails because this process has no memory left, on the heap
 * or outside of it, and tells so once in a while.
 */
final class MemoryShortage {

	private static final Logger logger = LoggerFactory.getLogger(MemoryShortage.class);

	private static final LogLimiter limiter = new LogLimiter();

	/**
	 * Maximum number of causes of a failure that are looked at.
	 */
	private static final int MAX_CAUSES = 16;

	private MemoryShortage() {
	}

	/**
	 * Return whether a failure is for want of memory. Codecs wrap what they fail with.
	 * @param failure the failure
	 * @return whether it or one of its causes is an {@link OutOfMemoryError}
	 */
	static boolean isCauseOf(Throwable failure) {
		return find(failure) != null;
	}

	/**
	 * Log the end of a connection. Throws nothing, also where there is no memory to log
	 * it.
	 * @param id the id of the connection
	 * @param failure what it ends by
	 */
	static void log(String id, Throwable failure) {
		try {
			OutOfMemoryError error = find(failure);
			limiter.log("", (more) -> logger.warn("Out of memory: closing WebSocket {}: {}{}", id, error, more));
		}
		catch (Throwable ex) {
			// Its close cause tells the same.
		}
	}

	private static @Nullable OutOfMemoryError find(Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
			if (cause instanceof OutOfMemoryError error) {
				return error;
			}
			cause = cause.getCause();
		}
		return null;
	}

}
