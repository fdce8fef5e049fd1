package io.github.websocketkeepalive.stream.server;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.StreamPolicy;

/**
 * How much of one stream may be asked of its source and sent to its client. No more rows
 * are asked for than the client has acknowledged and a window of batches holds, and no
 * more than a window of batches is sent that it has not acknowledged. Not thread-safe.
 */
final class SendWindow {

	/**
	 * Rows that are asked for as long as nobody knows how large they are.
	 */
	private static final int FIRST_ROWS = 16;

	private static final int FIRST_BYTES = 256;

	private final Deque<Batch> unacknowledged = new ArrayDeque<>(2);

	private final StreamPolicy policy;

	private final int window;

	private long requestedRows;

	private long acknowledgedRows;

	private long acknowledgedOffset;

	private long nextOffset;

	private long formerOffset;

	private int rowsInBatch;

	private int bytesInBatch = FIRST_BYTES;

	/**
	 * Create the window of a stream of which nothing was asked for yet.
	 * @param policy what streams go by
	 * @param window maximum number of batches that are not acknowledged as the client
	 * wishes it, at least 1, or {@code null}; never more than the policy's
	 */
	SendWindow(StreamPolicy policy, @Nullable Integer window) {
		this.policy = policy;
		this.window = (window != null) ? Math.min(window, policy.window()) : policy.window();
	}

	/**
	 * Return how wide the window is.
	 * @return maximum number of batches that are not acknowledged
	 */
	int size() {
		return this.window;
	}

	/**
	 * Begin another numbering. What was sent before counts as acknowledged, since offsets
	 * no longer tell it.
	 * @param offset the offset of the next row
	 */
	void restart(long offset) {
		this.unacknowledged.forEach((batch) -> this.acknowledgedRows += batch.rows);
		this.unacknowledged.clear();
		this.formerOffset = Math.max(this.formerOffset, this.nextOffset);
		this.nextOffset = offset;
		this.acknowledgedOffset = offset;
	}

	/**
	 * Leave rows out, which the client will never see.
	 * @param offset the offset of the next row, not less than it is
	 */
	void skipTo(long offset) {
		this.nextOffset = offset;
	}

	/**
	 * Return how many rows may be asked for, beyond those that were already.
	 * @return the number of rows
	 */
	long demand() {
		long most = acknowledgedRows() + ((this.rowsInBatch > 0) ? (long) this.window * this.rowsInBatch
				: Math.min(FIRST_ROWS, this.policy.batchSize()));
		return Math.max(0, most - this.requestedRows);
	}

	/**
	 * Return how many rows may be asked for to complete a batch.
	 * @param rows the rows that it has
	 * @return the number of rows, no more than there is demand for
	 */
	long demandToComplete(int rows) {
		return (this.rowsInBatch > 0) ? Math.min(demand(), Math.max(1, this.rowsInBatch - rows)) : demand();
	}

	/**
	 * Note that rows are asked for.
	 * @param rows how many, no more than there is demand for
	 */
	void asked(long rows) {
		this.requestedRows += rows;
	}

	/**
	 * Return whether another batch may be sent.
	 * @return {@code false} while a window of batches is not acknowledged
	 */
	boolean hasRoom() {
		return this.unacknowledged.size() < this.window;
	}

	/**
	 * Return whether a batch is as large as one may be.
	 * @param rows its rows
	 * @param bytes its encoded size
	 * @return whether no row may be added to it
	 */
	boolean isComplete(int rows, int bytes) {
		return rows >= this.policy.batchSize() || rows > 0 && bytes >= this.policy.batchBytes();
	}

	/**
	 * Note that a batch is sent.
	 * @param rows its rows, at least one
	 * @param bytes its encoded size
	 */
	void sent(int rows, int bytes) {
		this.unacknowledged.add(new Batch(this.nextOffset, rows));
		this.nextOffset += rows;
		// As many as complete a batch: fewer would be asked for once more, one by one.
		long completing = ((long) this.policy.batchBytes() * rows + bytes - 1) / bytes;
		this.rowsInBatch = (int) Math.min(this.policy.batchSize(), completing);
		this.bytesInBatch = Math.min(this.policy.batchBytes(), bytes);
	}

	/**
	 * Return about how large the next batch will be.
	 * @return its encoded size, with some room
	 */
	int expectedBytes() {
		return this.bytesInBatch + this.bytesInBatch / 8;
	}

	/**
	 * Take an acknowledgement, which counts for every row before it.
	 * @param offset the first row that the client has not processed
	 * @return whether it makes sense; one that says nothing new does
	 */
	boolean acknowledge(long offset) {
		if (offset > this.nextOffset) {
			return offset <= this.formerOffset;
		}
		if (offset > this.acknowledgedOffset) {
			Batch oldest = this.unacknowledged.peek();
			while (oldest != null && oldest.end() <= offset) {
				this.acknowledgedRows += oldest.rows;
				this.unacknowledged.remove();
				oldest = this.unacknowledged.peek();
			}
			this.acknowledgedOffset = offset;
		}
		return true;
	}

	/**
	 * Return the offset of the next row.
	 * @return the offset after the last row that was sent
	 */
	long nextOffset() {
		return this.nextOffset;
	}

	/**
	 * Return up to where the client has acknowledged.
	 * @return the offset of the first row that it has not
	 */
	long acknowledgedOffset() {
		return this.acknowledgedOffset;
	}

	/**
	 * Return whether the client has acknowledged all that was sent.
	 * @return whether nothing is under way
	 */
	boolean isSettled() {
		return this.unacknowledged.isEmpty();
	}

	private long acknowledgedRows() {
		Batch oldest = this.unacknowledged.peek();
		return this.acknowledgedRows + ((oldest != null) ? Math.max(0, this.acknowledgedOffset - oldest.offset) : 0);
	}

	private record Batch(long offset, int rows) {

		long end() {
			return this.offset + this.rows;
		}

	}

}
