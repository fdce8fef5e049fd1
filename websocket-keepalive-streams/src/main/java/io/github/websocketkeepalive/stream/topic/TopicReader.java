package io.github.websocketkeepalive.stream.topic;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Operators;

import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.protocol.StreamError;

/**
 * A client's place in a topic. Whoever wakes it while it is awake only says so; whoever
 * wakes it while it sleeps passes on what was asked for. Holds no message.
 */
final class TopicReader implements Subscription {

	private final Subscriber<? super FeedSignal> subscriber;

	private final LaggingReaderPolicy overflow;

	private final Consumer<TopicReader> onCancel;

	private final AtomicLong requested = new AtomicLong();

	private final AtomicInteger wakeUps = new AtomicInteger();

	private volatile boolean done;

	private volatile @Nullable Start start;

	// Belong to whoever is awake.
	private @Nullable TopicHistory history;

	private long next;

	TopicReader(Subscriber<? super FeedSignal> subscriber, LaggingReaderPolicy overflow,
			Consumer<TopicReader> onCancel) {
		this.subscriber = subscriber;
		this.overflow = overflow;
		this.onCancel = onCancel;
	}

	void start(TopicHistory history, long offset, boolean recovered, @Nullable Long missing) {
		this.start = new Start(history, offset, recovered, missing);
		wakeUp();
	}

	boolean isDone() {
		return this.done;
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			this.requested.accumulateAndGet(n, Operators::addCap);
			wakeUp();
		}
	}

	@Override
	public void cancel() {
		this.done = true;
		this.onCancel.accept(this);
	}

	void wakeUp() {
		if (this.wakeUps.getAndIncrement() != 0) {
			return;
		}
		int handled = 1;
		do {
			emit(this.requested.get());
			handled = this.wakeUps.addAndGet(-handled);
		}
		while (handled != 0);
	}

	private void emit(long demand) {
		long emitted = 0;
		while (emitted < demand && !this.done) {
			FeedSignal signal = poll();
			if (signal == null) {
				break;
			}
			emitted++;
			pass(signal);
		}
		if (demand != Long.MAX_VALUE) {
			this.requested.addAndGet(-emitted);
		}
	}

	// A subscriber that breaks the rules must not disturb the others.
	private void pass(FeedSignal signal) {
		try {
			this.subscriber.onNext(signal);
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
		}
	}

	void fail(Throwable failure) {
		cancel();
		this.subscriber.onError(failure);
	}

	private @Nullable FeedSignal poll() {
		TopicHistory history = this.history;
		if (history == null) {
			return begin();
		}
		// Read before the head, since the head does not move any more once there is one.
		TopicHistory successor = history.successor();
		if (this.next < history.head()) {
			FeedSignal.Item item = history.get(this.next);
			if (item == null) {
				return overtaken(history);
			}
			this.next++;
			return item;
		}
		return (successor != null) ? open(successor, successor.first(), false, null) : null;
	}

	private @Nullable FeedSignal begin() {
		Start start = this.start;
		return (start != null) ? open(start.history, start.offset, start.recovered, start.missing) : null;
	}

	private @Nullable FeedSignal overtaken(TopicHistory history) {
		long oldest = history.oldest();
		long missing = oldest - this.next;
		if (this.overflow == LaggingReaderPolicy.SKIP) {
			return open(history, oldest, false, missing);
		}
		fail(new StreamException(StreamError.TOO_SLOW.code(),
				"The client was too slow; %d messages are no longer kept.".formatted(missing)));
		return null;
	}

	private FeedSignal open(TopicHistory history, long offset, boolean recovered, @Nullable Long missing) {
		this.history = history;
		this.next = offset;
		this.start = null;
		return new FeedSignal.Opened(new StreamPosition(history.epoch(), offset), recovered, missing);
	}

	private record Start(TopicHistory history, long offset, boolean recovered, @Nullable Long missing) {
	}

}
