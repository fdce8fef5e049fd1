package io.github.websocketkeepalive.server;

import java.util.concurrent.Executor;

/**
 * Has handshakes over HTTP/2 wait for their turn on the event loop: one packet can ask
 * for a hundred of them. A bounded number waits. Confined to the event loop.
 */
final class HandshakeTurns {

	/**
	 * Maximum number of handshakes that wait. Each takes about 4 KB, also when its stream
	 * has gone, until the event loop has read all of its sockets.
	 */
	static final int MAX_WAITING = 2048;

	private final Executor turns;

	private int waiting;

	/**
	 * Create the turns of an event loop.
	 * @param turns runs something on the event loop, behind its sockets
	 */
	HandshakeTurns(Executor turns) {
		this.turns = turns;
	}

	/**
	 * Have a handshake wait.
	 * @param handshake what to run when its turn has come
	 * @return {@code false} if so many wait that this one is to be run at once, which
	 * keeps the event loop from reading more of them
	 */
	boolean offer(Runnable handshake) {
		if (this.waiting >= MAX_WAITING) {
			return false;
		}
		this.waiting++;
		this.turns.execute(() -> {
			this.waiting--;
			handshake.run();
		});
		return true;
	}

}
