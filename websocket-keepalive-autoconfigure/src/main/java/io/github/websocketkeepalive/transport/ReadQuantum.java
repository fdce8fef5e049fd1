package io.github.websocketkeepalive.transport;

/**
 * How much is read of a connection at a time, so that its turn on the event loop is about
 * as long as that of any other, whatever it sends: 64 KB can be 64 messages or 9,000.
 */
final class ReadQuantum {

	/**
	 * Maximum number of bytes of the first read: one read may be a hundred opening
	 * handshakes of HTTP/2, and how long those take is not known yet.
	 */
	static final int FIRST_BYTES = 2048;

	/**
	 * Maximum number of bytes that are read at a time.
	 */
	static final int MAX_BYTES = 64 * 1024;

	/**
	 * Fewest bytes of a read, however long they take: a read of fewer costs more than
	 * what it reads.
	 */
	static final int MIN_BYTES = 256;

	/**
	 * How long a turn should take, in nanoseconds.
	 */
	static final long TURN_NANOS = 500_000;

	private ReadQuantum() {
	}

	/**
	 * Return how much to read next. Twice as much if the last read was full and took no
	 * longer than a turn. If it took longer, as much as takes a turn at its pace, but no
	 * less than half: a pause of the garbage collector is no property of a connection.
	 * @param quantum the maximum number of bytes that the last read could have been
	 * @param bytes how many it was
	 * @param nanos how long the event loop was busy with them, in nanoseconds
	 * @return the maximum number of bytes of the next read
	 */
	static int next(int quantum, int bytes, long nanos) {
		if (nanos <= TURN_NANOS) {
			return (bytes >= quantum) ? Math.min(2 * quantum, MAX_BYTES) : quantum;
		}
		long inOneTurn = Math.max(TURN_NANOS * bytes / nanos, quantum / 2);
		return (int) Math.max(MIN_BYTES, Math.min(inOneTurn, quantum));
	}

}
