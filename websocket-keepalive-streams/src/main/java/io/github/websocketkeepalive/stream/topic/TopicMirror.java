package io.github.websocketkeepalive.stream.topic;

import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.protocol.StreamError;
import io.github.websocketkeepalive.task.TaskFailures;

/**
 * What this instance knows of a topic, and who reads it. Everything happens in tasks that
 * run one after the other, on the thread of whoever comes first; nobody waits for them.
 */
public final class TopicMirror {

	private static final TaskFailures failures = new TaskFailures();

	/**
	 * Maximum number of tasks that a thread runs for others before it is let go.
	 */
	private static final int MAX_TASKS = 256;

	private final HistoryPolicy policy;

	private final LongSupplier clock;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicInteger pending = new AtomicInteger();

	private final Set<TopicReader> readers = new LinkedHashSet<>();

	private @Nullable TopicHistory history;

	TopicMirror(HistoryPolicy policy, LongSupplier clock) {
		this.policy = policy;
		this.clock = clock;
	}

	/**
	 * Run a task after those that came before it, perhaps on another thread. All other
	 * methods are for tasks.
	 * @param task what to do, without blocking
	 */
	public void execute(Runnable task) {
		this.tasks.add(task);
		if (this.pending.getAndIncrement() == 0) {
			runTasks();
		}
	}

	private void runTasks() {
		int run = 0;
		do {
			if (run++ == MAX_TASKS) {
				if (handOver()) {
					return;
				}
				run = 0;
			}
			run(Objects.requireNonNull(this.tasks.poll()));
		}
		while (this.pending.decrementAndGet() != 0);
	}

	private boolean handOver() {
		try {
			Schedulers.parallel().schedule(this::runTasks);
			return true;
		}
		catch (Throwable ex) {
			failures.failed("A topic", ex);
			return false;
		}
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			// Whatever it is, the topic would stand still for ever.
			failures.failed("A task of a topic", ex);
		}
	}

	/**
	 * Return the place of the next message.
	 * @return the position, or {@code null} before the beginning
	 */
	public @Nullable StreamPosition position() {
		TopicHistory history = this.history;
		return (history != null) ? new StreamPosition(history.epoch(), history.head()) : null;
	}

	/**
	 * Begin a numbering. Readers finish the one before, and are told that nobody knows
	 * what they miss.
	 * @param epoch names the numbering
	 * @param offset the offset of the first message
	 */
	public void begin(String epoch, long offset) {
		TopicHistory before = this.history;
		TopicHistory history = new TopicHistory(this.policy, epoch, offset);
		this.history = history;
		if (before != null) {
			before.succeededBy(history);
			wakeUpReaders();
		}
	}

	/**
	 * Go on at a later offset, since what lies in between is not kept any more.
	 * @param offset the offset of the next message, above the present one
	 */
	public void skipTo(long offset) {
		begun().skipTo(offset);
		wakeUpReaders();
	}

	/**
	 * Take in a message.
	 * @param json the message, which is not changed afterwards
	 * @param age for how long it has been kept already, in nanoseconds
	 * @return its place
	 */
	public StreamPosition append(byte[] json, long age) {
		TopicHistory history = begun();
		long now = this.clock.getAsLong();
		StreamPosition position = new StreamPosition(history.epoch(), history.head());
		history.append(json, now - age, now);
		wakeUpReaders();
		return position;
	}

	private TopicHistory begun() {
		return Objects.requireNonNull(this.history, "no numbering has begun");
	}

	void removeExpired() {
		if (this.history != null) {
			this.history.removeExpired(this.clock.getAsLong());
		}
	}

	// Whether it is certain what a reader that continues there misses.
	boolean knows(@Nullable StreamPosition from) {
		TopicHistory history = this.history;
		return history != null
				&& (from == null || (from.epoch().equals(history.epoch()) && from.offset() <= history.head()));
	}

	/**
	 * Let a reader begin.
	 * @param reader the reader
	 * @param from where it wants to continue, or {@code null} to begin
	 * @param complete whether everything is known that the store knows; otherwise a
	 * reader that is ahead of this instance waits for the numbering to get that far
	 */
	void add(TopicReader reader, @Nullable StreamPosition from, boolean complete) {
		if (reader.isDone()) {
			return;
		}
		removeExpired();
		TopicHistory history = begun();
		if (from == null) {
			start(reader, history, history.head(), false, 0L);
		}
		else if (!from.epoch().equals(history.epoch())) {
			start(reader, history, history.head(), false, null);
		}
		else if (from.offset() <= history.head()) {
			long missing = Math.max(0, history.oldest() - from.offset());
			start(reader, history, from.offset() + missing, missing == 0, missing);
		}
		else if (!complete) {
			start(reader, history, from.offset(), true, 0L);
		}
		else {
			reader.fail(new StreamException(StreamError.BAD_POSITION.code(),
					"Offset %d was never reached in epoch %s.".formatted(from.offset(), from.epoch())));
		}
	}

	private void start(TopicReader reader, TopicHistory history, long offset, boolean recovered,
			@Nullable Long missing) {
		this.readers.add(reader);
		reader.start(history, offset, recovered, missing);
	}

	void remove(TopicReader reader) {
		this.readers.remove(reader);
	}

	private void wakeUpReaders() {
		this.readers.forEach(TopicReader::wakeUp);
	}

}
