package io.github.websocketkeepalive.stream.server;

/**
 * How fast a connection may open streams: as many in a second as may be open at once, and
 * as many again at once after a pause. Opening one asks a source, which may ask a
 * database. Not thread-safe.
 */
final class OpenPace {

	private static final long SECOND = 1_000_000_000;

	private final long interval;

	/**
	 * When the stream after the latest one is due at an even pace.
	 */
	private long due;

	/**
	 * Create a pace.
	 * @param streams maximum number of streams that may be open at once
	 * @param now the present time in nanoseconds
	 */
	OpenPace(int streams, long now) {
		this.interval = SECOND / streams;
		this.due = now - SECOND;
	}

	/**
	 * Note that a stream is opened.
	 * @param now the present time in nanoseconds
	 * @return for how many nanoseconds no other may be opened, 0 if one may at once
	 */
	long opened(long now) {
		this.due = now + Math.max(this.due - now, -SECOND) + this.interval;
		return Math.max(0, this.due - now);
	}

}
