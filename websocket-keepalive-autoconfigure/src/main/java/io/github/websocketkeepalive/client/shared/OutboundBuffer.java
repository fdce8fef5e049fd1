package io.github.websocketkeepalive.client.shared;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * What is to be sent, while the connection is away or slow: bounded, in order. A message
 * leaves it when the connection asks for it. Thread-safe; no lock is held while others
 * are told something.
 */
final class OutboundBuffer {

	private final Deque<Entry> entries = new ArrayDeque<>();

	private final Deque<Entry> waiting = new ArrayDeque<>();

	private final AtomicInteger draining = new AtomicInteger();

	private final int capacity;

	private final OverflowPolicy overflow;

	private final Runnable onDropped;

	private volatile @Nullable FluxSink<SharedMessage> connection;

	/**
	 * Create a buffer.
	 * @param capacity for how many messages
	 * @param overflow what becomes of those for which there is no room
	 * @param onDropped called for each message that will never be sent
	 */
	OutboundBuffer(int capacity, OverflowPolicy overflow, Runnable onDropped) {
		this.capacity = capacity;
		this.overflow = overflow;
		this.onDropped = onDropped;
	}

	/**
	 * Send a message.
	 * @param message the message
	 * @return completes when the message was handed to a connection; fails with a
	 * {@link MessageDroppedException} if it never will be
	 */
	Mono<Void> send(SharedMessage message) {
		return Mono.create((sink) -> {
			Entry entry = new Entry(message, sink);
			sink.onCancel(() -> remove(entry));
			Entry dropped = add(entry);
			if (dropped != null) {
				drop(dropped, "the buffer for %d messages is full".formatted(this.capacity));
			}
			drain();
		});
	}

	/**
	 * Return the messages for one connection, up to its end. The one before gets no more.
	 * @return the messages
	 */
	Flux<SharedMessage> messages() {
		return Flux.create((sink) -> {
			attach(sink);
			sink.onDispose(() -> detach(sink));
			sink.onRequest((count) -> drain());
		}, FluxSink.OverflowStrategy.ERROR);
	}

	/**
	 * Drop everything, since there will be no other connection.
	 * @param reason why, for the senders
	 */
	void dropAll(String reason) {
		Queue<Entry> all = new ArrayDeque<>();
		synchronized (this.entries) {
			all.addAll(this.entries);
			all.addAll(this.waiting);
			this.entries.clear();
			this.waiting.clear();
		}
		all.forEach((entry) -> drop(entry, reason));
	}

	private synchronized void attach(FluxSink<SharedMessage> sink) {
		this.connection = sink;
	}

	private synchronized void detach(FluxSink<SharedMessage> sink) {
		if (this.connection == sink) {
			this.connection = null;
		}
	}

	private @Nullable Entry add(Entry entry) {
		synchronized (this.entries) {
			if (this.entries.size() < this.capacity) {
				this.entries.add(entry);
				return null;
			}
			return switch (this.overflow) {
				case FAIL -> entry;
				case DROP_OLDEST -> {
					this.entries.add(entry);
					yield this.entries.remove();
				}
				case WAIT -> {
					this.waiting.add(entry);
					yield null;
				}
			};
		}
	}

	private void remove(Entry entry) {
		synchronized (this.entries) {
			if (this.entries.remove(entry)) {
				admit();
			}
			else {
				this.waiting.remove(entry);
			}
		}
	}

	private @Nullable Entry poll() {
		synchronized (this.entries) {
			Entry entry = this.entries.poll();
			admit();
			return entry;
		}
	}

	private void admit() {
		Entry next = this.waiting.poll();
		if (next != null) {
			this.entries.add(next);
		}
	}

	private void drain() {
		if (this.draining.getAndIncrement() != 0) {
			return;
		}
		int missed = 1;
		do {
			handOver();
			missed = this.draining.addAndGet(-missed);
		}
		while (missed != 0);
	}

	private void handOver() {
		FluxSink<SharedMessage> sink = this.connection;
		while (sink != null && !sink.isCancelled() && sink.requestedFromDownstream() > 0) {
			Entry entry = poll();
			if (entry == null) {
				return;
			}
			sink.next(entry.message);
			entry.sink.success();
		}
	}

	private void drop(Entry entry, String reason) {
		this.onDropped.run();
		entry.sink.error(new MessageDroppedException("Message was not sent: " + reason));
	}

	private static final class Entry {

		private final SharedMessage message;

		private final MonoSink<Void> sink;

		Entry(SharedMessage message, MonoSink<Void> sink) {
			this.message = message;
			this.sink = sink;
		}

	}

}
