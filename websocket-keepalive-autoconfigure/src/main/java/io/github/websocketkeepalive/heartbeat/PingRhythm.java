package io.github.websocketkeepalive.heartbeat;

import java.util.concurrent.TimeUnit;

/**
 * Tells a heartbeat from single pings, by the last three of them.
 */
final class PingRhythm {

	private static final long SHORTEST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	private boolean started;

	private long last;

	private long interval;

	/**
	 * Note a ping.
	 * @param now the present instant, in nanoseconds
	 * @return the interval in nanoseconds if the last three pings were equally far apart,
	 * give or take a quarter, else -1
	 */
	long ping(long now) {
		long before = this.interval;
		this.interval = this.started ? now - this.last : 0;
		this.last = now;
		this.started = true;
		boolean regular = this.interval >= SHORTEST_INTERVAL && Math.abs(this.interval - before) <= before / 4;
		return regular ? (this.interval + before) / 2 : -1;
	}

}
