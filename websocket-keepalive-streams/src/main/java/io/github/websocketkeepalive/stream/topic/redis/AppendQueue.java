package io.github.websocketkeepalive.stream.topic.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.MonoSink;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;

/**
 * Messages on their way to Redis. One batch is under way at a time, and what comes
 * meanwhile makes the next one: that keeps the order, and saves round trips. Not
 * thread-safe.
 */
final class AppendQueue {

	/**
	 * A batch is so small beside the history that it is read before it is overtaken.
	 */
	private static final int SHARE = 4;

	private static final int MAX_MESSAGES = 500;

	private static final int MAX_BYTES = 1 << 20;

	private static final int MAX_WAITING = 100_000;

	private static final long MAX_WAITING_BYTES = 16L << 20;

	private final int maxMessages;

	private final long maxBytes;

	private final Deque<Message> waiting = new ArrayDeque<>();

	private @Nullable Batch underWay;

	private @Nullable StreamPosition end;

	private boolean unanswered;

	private long batches;

	private long waitingBytes;

	private final String writer;

	/**
	 * Create an empty queue.
	 * @param policy how much is kept of the topic
	 * @param writer names this start of this instance among all that append
	 */
	AppendQueue(HistoryPolicy policy, String writer) {
		this.writer = writer;
		this.maxMessages = Math.max(1, Math.min(policy.maxEntries() / SHARE, MAX_MESSAGES));
		this.maxBytes = Math.max(1, Math.min(policy.maxBytes() / SHARE, MAX_BYTES));
	}

	// Fails a message for which there is no room: it waits because Redis is slower than
	// the application.
	void add(Message message) {
		if (this.waiting.size() >= MAX_WAITING || this.waitingBytes >= MAX_WAITING_BYTES) {
			message.fail(Exceptions.failWithOverflow("Too many messages wait for Redis"));
			return;
		}
		this.waiting.add(message);
		this.waitingBytes += message.json.length;
	}

	// The next batch, or null if one is under way still or nothing waits.
	@Nullable Batch next() {
		if (this.unanswered) {
			this.unanswered = false;
			return this.underWay;
		}
		if (this.underWay != null || this.waiting.isEmpty()) {
			return null;
		}
		List<Message> messages = new ArrayList<>();
		int bytes = 0;
		while (!this.waiting.isEmpty() && messages.size() < this.maxMessages && bytes < this.maxBytes) {
			Message message = this.waiting.remove();
			messages.add(message);
			bytes += message.json.length;
		}
		this.waitingBytes -= bytes;
		this.underWay = new Batch(++this.batches, messages);
		return this.underWay;
	}

	boolean isIdle() {
		return this.underWay == null && this.waiting.isEmpty();
	}

	// The batch stays under way until it has been read back.
	void appended(Batch batch, StreamPosition first) {
		for (int i = 0; i < batch.messages.size(); i++) {
			batch.messages.get(i).place(new StreamPosition(first.epoch(), first.offset() + i));
		}
		this.end = new StreamPosition(first.epoch(), first.offset() + batch.messages.size());
	}

	// Tells whether a batch was under way, and is not any more.
	boolean readUpTo(StreamPosition position) {
		StreamPosition end = this.end;
		if (end != null && (!end.epoch().equals(position.epoch()) || end.offset() <= position.offset())) {
			this.underWay = null;
			this.end = null;
			return true;
		}
		return false;
	}

	boolean isUnderWay(Batch batch) {
		return batch == this.underWay;
	}

	void refused(Batch batch) {
		this.underWay = null;
		for (int i = batch.messages.size() - 1; i >= 0; i--) {
			Message message = batch.messages.get(i);
			if (!message.placed) {
				this.waiting.addFirst(message);
				this.waitingBytes += message.json.length;
			}
		}
	}

	// Nobody knows what became of the batch. It can be sent again without harm.
	void interrupted() {
		this.unanswered = this.underWay != null && this.end == null;
	}

	// A message came back from Redis, perhaps before the answer to its batch. Only its
	// writer and batch together tell whether it is one of ours.
	void seen(String name, StreamPosition position) {
		Batch batch = this.underWay;
		if (batch == null) {
			return;
		}
		String prefix = this.writer + " " + batch.number + " ";
		if (name.startsWith(prefix)) {
			int index = indexOf(name.substring(prefix.length()));
			if (index < batch.messages.size()) {
				batch.messages.get(index).place(position);
			}
		}
	}

	private static int indexOf(String text) {
		try {
			return Integer.parseUnsignedInt(text) & Integer.MAX_VALUE;
		}
		catch (NumberFormatException ex) {
			return Integer.MAX_VALUE;
		}
	}

	// Everything that has no place yet, in order.
	List<Message> removeAll() {
		List<Message> all = new ArrayList<>();
		if (this.underWay != null) {
			this.underWay.messages.stream().filter((message) -> !message.placed).forEach(all::add);
			this.underWay = null;
			this.end = null;
			this.unanswered = false;
		}
		all.addAll(this.waiting);
		this.waiting.clear();
		this.waitingBytes = 0;
		return all;
	}

	/**
	 * Messages that are appended at once.
	 *
	 * @param number names the batch among those of this writer
	 * @param messages the messages
	 */
	record Batch(long number, List<Message> messages) {

		List<byte[]> json() {
			return this.messages.stream().map((message) -> message.json).toList();
		}

	}

	/**
	 * A message that was published.
	 */
	static final class Message {

		private final byte[] json;

		private final MonoSink<StreamPosition> sink;

		private boolean placed;

		Message(byte[] json, MonoSink<StreamPosition> sink) {
			this.json = Objects.requireNonNull(json);
			this.sink = sink;
		}

		byte[] json() {
			return this.json;
		}

		void place(StreamPosition position) {
			this.placed = true;
			this.sink.success(position);
		}

		void fail(Throwable failure) {
			this.sink.error(failure);
		}

	}

}
