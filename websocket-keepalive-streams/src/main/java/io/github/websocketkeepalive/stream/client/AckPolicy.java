package io.github.websocketkeepalive.stream.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides when to acknowledge: once half of the batches that may be under way are
 * processed. The server may allow fewer than were asked for, which shows when it is late
 * that anything is acknowledged; then half of what came is enough. Counts what is under
 * way, each numbering for itself, since the server forgets what it has numbered
 * otherwise. Only {@code arrives} and {@code admits} are thread-safe.
 */
final class AckPolicy {

	private final Deque<Long> ends = new ArrayDeque<>();

	private final int window;

	private volatile AtomicInteger arriving = new AtomicInteger();

	private String arrivingEpoch = "";

	private AtomicInteger unacknowledged = this.arriving;

	private int underWay;

	private int batches;

	private long processed;

	private long acknowledged;

	/**
	 * Create a policy.
	 * @param window maximum number of batches that are not acknowledged
	 */
	AckPolicy(int window) {
		this.window = window;
		this.underWay = window;
	}

	/**
	 * Note that a numbering begins to arrive. This and what arrives may be told on
	 * another thread than the rest.
	 * @param epoch the numbering, which may be the same as before
	 */
	void arrives(String epoch) {
		if (!epoch.equals(this.arrivingEpoch)) {
			this.arrivingEpoch = epoch;
			this.arriving = new AtomicInteger();
		}
	}

	/**
	 * Note that a batch has arrived.
	 * @return whether the server may have sent it
	 */
	boolean admits() {
		return this.arriving.incrementAndGet() <= this.window;
	}

	/**
	 * Begin to count at an offset, before which nothing is left to acknowledge.
	 * @param offset the offset
	 * @return how many batches were not acknowledged and never will be
	 */
	int begin(long offset) {
		int forgotten = this.batches + this.ends.size();
		this.unacknowledged.addAndGet(-forgotten);
		this.unacknowledged = this.arriving;
		this.ends.clear();
		this.batches = 0;
		this.underWay = this.window;
		this.processed = offset;
		this.acknowledged = offset;
		return forgotten;
	}

	/**
	 * Note how many batches the server sends unacknowledged, so that it is not made to
	 * wait.
	 * @param window the number of batches
	 */
	void granted(int window) {
		this.underWay = Math.min(this.underWay, window);
	}

	/**
	 * Note a batch.
	 * @param end the offset after its last row
	 */
	void received(long end) {
		this.ends.add(end);
		this.underWay = Math.max(this.underWay, Math.min(this.window, this.batches + this.ends.size()));
	}

	/**
	 * Note what is processed.
	 * @param offset the first row that is not
	 * @return whether it is time to acknowledge
	 */
	boolean processed(long offset) {
		this.processed = Math.max(this.processed, offset);
		while (!this.ends.isEmpty() && this.ends.element() <= this.processed) {
			this.ends.remove();
			this.batches++;
		}
		return this.batches > 0 && this.batches * 2 >= this.underWay;
	}

	/**
	 * Return whether anything is left to acknowledge.
	 * @return whether it is
	 */
	boolean isPending() {
		return this.processed > this.acknowledged;
	}

	/**
	 * Note that it has taken too long until anything was acknowledged.
	 */
	void late() {
		this.underWay = Math.max(1, this.batches + this.ends.size());
	}

	/**
	 * Acknowledge.
	 * @return the first row that is not processed
	 */
	long acknowledge() {
		this.unacknowledged.addAndGet(-this.batches);
		this.batches = 0;
		this.acknowledged = this.processed;
		return this.acknowledged;
	}

}
