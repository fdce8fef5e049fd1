package io.github.websocketkeepalive.heartbeat;

import io.github.websocketkeepalive.connection.WebSocketConnection;

/**
 * The pings of one connection that are not ours. Only a connection that sees one has
 * this. Confined to the event loop of the connection; other threads may read the count,
 * which may then lag behind.
 */
final class ForeignPings {

	private final PingRhythm rhythm = new PingRhythm();

	private int count;

	/**
	 * Return how many there were.
	 * @return the number of pings in both directions
	 */
	int count() {
		return this.count;
	}

	/**
	 * Note a ping that the application sends.
	 * @param connection the connection
	 * @param ownInterval nanoseconds from one ping of ours to the next, or -1 if we send
	 * none
	 * @param now the present instant, in nanoseconds
	 * @param detector what is told of a heartbeat
	 */
	void sent(WebSocketConnection connection, long ownInterval, long now, TwoHeartbeatsDetector detector) {
		this.count++;
		long interval = this.rhythm.ping(now);
		if (interval >= 0 && ownInterval >= 0) {
			detector.applicationPings(connection, interval, ownInterval);
		}
	}

	/**
	 * Note a ping of the peer, which is normal.
	 */
	void received() {
		this.count++;
	}

}
