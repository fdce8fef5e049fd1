package io.github.websocketkeepalive.stream.topic;

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.protocol.EncodedItem;

/**
 * The latest messages of a topic within one epoch: a ring that grows until it is as large
 * as it may be. Written by one thread at a time and read by any, without a lock: what
 * readers of other threads see was there, in the order of its offsets.
 */
final class TopicHistory {

	private static final int INITIAL_CAPACITY = 16;

	private final HistoryPolicy policy;

	private final String epoch;

	private final long first;

	private volatile AtomicReferenceArray<@Nullable Entry> ring;

	private volatile long oldest;

	private volatile long head;

	private volatile @Nullable TopicHistory successor;

	private long bytes;

	/**
	 * Create an empty history.
	 * @param policy how much is kept
	 * @param epoch the numbering
	 * @param offset the offset of the first message
	 */
	TopicHistory(HistoryPolicy policy, String epoch, long offset) {
		this.policy = policy;
		this.epoch = epoch;
		this.first = offset;
		this.oldest = offset;
		this.head = offset;
		this.ring = new AtomicReferenceArray<>(Math.min(INITIAL_CAPACITY, policy.maxEntries()));
	}

	String epoch() {
		return this.epoch;
	}

	long first() {
		return this.first;
	}

	long oldest() {
		return this.oldest;
	}

	long head() {
		return this.head;
	}

	long bytes() {
		return this.bytes;
	}

	// Once there is one, nothing is appended here any more.
	@Nullable TopicHistory successor() {
		return this.successor;
	}

	void succeededBy(TopicHistory successor) {
		this.successor = successor;
	}

	/**
	 * Return a message.
	 * @param offset an offset below the head
	 * @return the message, or {@code null} if it is not kept any more, in which case the
	 * oldest one that is has a greater offset
	 */
	FeedSignal.@Nullable Item get(long offset) {
		AtomicReferenceArray<@Nullable Entry> ring = this.ring;
		Entry entry = ring.get((int) (offset % ring.length()));
		return (entry != null && entry.offset == offset) ? entry.item : null;
	}

	void append(byte[] json, long appendedAt, long now) {
		long offset = this.head;
		if (offset - this.oldest == this.ring.length()) {
			makeRoom();
		}
		Entry entry = new Entry(offset, new FeedSignal.Item(new EncodedItem(json)), json.length, appendedAt);
		this.ring.set((int) (offset % this.ring.length()), entry);
		this.bytes += json.length;
		this.head = offset + 1;
		while (this.bytes > this.policy.maxBytes() && this.oldest < offset) {
			removeOldest();
		}
		removeExpired(now);
	}

	private void makeRoom() {
		int capacity = this.ring.length();
		if (capacity == this.policy.maxEntries()) {
			removeOldest();
			return;
		}
		AtomicReferenceArray<@Nullable Entry> larger = new AtomicReferenceArray<>(
				(int) Math.min(2L * capacity, this.policy.maxEntries()));
		for (long offset = this.oldest; offset < this.head; offset++) {
			larger.setPlain((int) (offset % larger.length()), this.ring.get((int) (offset % capacity)));
		}
		this.ring = larger;
	}

	void removeExpired(long now) {
		long ttl = this.policy.ttl().toNanos();
		while (this.oldest < this.head && now - entry(this.oldest).appendedAt >= ttl) {
			removeOldest();
		}
	}

	void skipTo(long offset) {
		while (this.oldest < this.head) {
			removeOldest();
		}
		this.oldest = offset;
		this.head = offset;
	}

	// The offset comes first, so that whoever finds a message gone finds the next one.
	private void removeOldest() {
		long offset = this.oldest;
		this.bytes -= entry(offset).bytes;
		this.oldest = offset + 1;
		this.ring.set((int) (offset % this.ring.length()), null);
	}

	@SuppressWarnings("NullAway") // all between the oldest and the head are there
	private Entry entry(long offset) {
		return this.ring.get((int) (offset % this.ring.length()));
	}

	private record Entry(long offset, FeedSignal.Item item, int bytes, long appendedAt) {
	}

}
