package io.github.websocketkeepalive.stream.server;

/**
 * How far one stream may read ahead of its client. Nobody knows what a row weighs before
 * it has come, so only eight are asked for at first. One more is asked for with every 64
 * KB that have come since a row was much larger than those before: after 640 KB there are
 * 18. One row may always be asked for, so that no stream stands still. Not thread-safe.
 */
final class ReadAhead {

	/**
	 * Maximum number of rows that are asked for and not encoded as long as their weight
	 * is not known.
	 */
	static final int FIRST_ROWS = 8;

	/**
	 * For so many bytes that come without a much larger row, one row more is asked for.
	 */
	static final int BYTES_FOR_A_ROW = 64 * 1024;

	/**
	 * What a row counts at least for as long as it has not come: the next one may be much
	 * larger than those before.
	 */
	static final int MIN_ROW_BYTES = 64 * 1024;

	/**
	 * A row takes several times as much memory as an object than as a part of a message.
	 */
	private static final int OBJECT_FACTOR = 4;

	/**
	 * So many times the weight of those before is much larger.
	 */
	private static final int MUCH = 4;

	private static final int FORGETTING = 8;

	private final ReadBudget budget;

	private long asked;

	private int rowBytes;

	/**
	 * What has come since a row was much larger than those before.
	 */
	private long steadyBytes;

	private int held;

	/**
	 * Create what tells how far a stream may read ahead that has asked for nothing yet.
	 * @param budget what it shares with the other streams of its connection
	 */
	ReadAhead(ReadBudget budget) {
		this.budget = budget;
	}

	/**
	 * Return how many rows may be asked for now. It is none while more than half of those
	 * that may be are still to be encoded, so that sources are not asked for each row on
	 * its own.
	 * @return the number of rows
	 */
	long room() {
		long most = maxRows();
		return (this.asked <= most / 2) ? most - this.asked : 0;
	}

	/**
	 * Return how many encoded bytes of the stream may wait for their turn.
	 * @return the number of bytes
	 */
	int maxEncodedBytes() {
		return this.budget.encodedShare(this.held);
	}

	/**
	 * Note that rows are asked for.
	 * @param rows how many
	 */
	void asked(long rows) {
		this.asked += rows;
	}

	/**
	 * Note that a row has come and is encoded.
	 * @param bytes its encoded size
	 */
	void encoded(int bytes) {
		this.asked--;
		this.steadyBytes = (bytes > MUCH * (long) this.rowBytes) ? 0 : this.steadyBytes + bytes;
		// A larger one counts at once, and is forgotten slowly.
		this.rowBytes = Math.max(bytes, this.rowBytes - this.rowBytes / FORGETTING);
	}

	/**
	 * Note how many encoded bytes wait.
	 * @param bytes the number of bytes
	 */
	void holds(int bytes) {
		this.budget.holds(bytes - this.held);
		this.held = bytes;
	}

	private long maxRows() {
		long weight = Math.max(MIN_ROW_BYTES, (long) OBJECT_FACTOR * this.rowBytes);
		long known = FIRST_ROWS + this.steadyBytes / BYTES_FOR_A_ROW;
		return Math.max(1, Math.min(known, this.budget.askedShare() / weight));
	}

}
