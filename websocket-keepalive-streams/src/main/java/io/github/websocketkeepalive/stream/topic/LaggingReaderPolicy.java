package io.github.websocketkeepalive.stream.topic;

/**
 * What becomes of a client that follows a topic so slowly that messages it has not had
 * are no longer kept.
 */
public enum LaggingReaderPolicy {

	/**
	 * It goes on with the oldest message that is kept, and is told how many it misses.
	 */
	SKIP,

	/**
	 * Its stream ends with the error {@code too-slow}.
	 */
	FAIL

}
