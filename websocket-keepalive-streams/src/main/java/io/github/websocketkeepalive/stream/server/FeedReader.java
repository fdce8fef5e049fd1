package io.github.websocketkeepalive.stream.server;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

import io.github.websocketkeepalive.stream.FeedSignal;

/**
 * Takes what a feed signals, on any thread, to the event loop of a connection, to which
 * all else is confined. Whatever the feed does wrong becomes its failure, since sources
 * are written by others.
 */
final class FeedReader extends BaseSubscriber<FeedSignal> {

	private static final Queue<FeedSignal> NONE = Queues.<FeedSignal>empty().get();

	/**
	 * Items that came on the event loop while it asked for them: they come before all
	 * other signals, and need not go through a queue between threads.
	 */
	private Queue<FeedSignal> answers = NONE;

	private final Queue<FeedSignal> signals = Queues.<FeedSignal>unbounded().get();

	/**
	 * Whether it was said that there is something, and not yet looked.
	 */
	private final AtomicBoolean signalled = new AtomicBoolean();

	private final Context context;

	private final Runnable onSignal;

	private final Consumer<Throwable> onCancelFailure;

	private volatile long requested;

	private volatile boolean done;

	private volatile @Nullable Throwable failure;

	private boolean dropped;

	/**
	 * Whoever asks, as long as it does. Written by the event loop alone, so that any
	 * other thread sees that it is not the one.
	 */
	private @Nullable Thread asking;

	/**
	 * Belongs to the feed.
	 */
	private long received;

	/**
	 * Create a reader.
	 * @param context what the feed is subscribed with
	 * @param onSignal called, on any thread, when there is something to look at
	 * @param onCancelFailure told, on any thread, what the feed throws when it is
	 * cancelled
	 */
	FeedReader(Context context, Runnable onSignal, Consumer<Throwable> onCancelFailure) {
		this.context = context;
		this.onSignal = onSignal;
		this.onCancelFailure = onCancelFailure;
	}

	/**
	 * Begin to read. The first signal is asked for alone.
	 * @param feed opens the feed
	 */
	void read(Supplier<Publisher<FeedSignal>> feed) {
		try {
			feed.get().subscribe(this);
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	/**
	 * Ask for more signals. Whoever asks looks at what there is, since nobody is told of
	 * items that come before this returns.
	 * @param count how many
	 */
	void ask(long count) {
		this.asking = Thread.currentThread();
		try {
			requestMore(count);
		}
		finally {
			this.asking = null;
		}
	}

	/**
	 * Note that whoever was told of a signal looks now.
	 */
	void look() {
		this.signalled.set(false);
		if (this.dropped) {
			this.signals.clear();
		}
	}

	/**
	 * Return the next signal.
	 * @return the signal, which stays, or {@code null} if there is none at present
	 */
	@Nullable FeedSignal peek() {
		FeedSignal answer = this.answers.peek();
		return (answer != null) ? answer : this.signals.peek();
	}

	/**
	 * Remove the next signal.
	 */
	void remove() {
		if (this.answers == NONE) {
			this.signals.remove();
			return;
		}
		this.answers.remove();
		if (this.answers.isEmpty()) {
			// It does not shrink, and a stream may be idle for days.
			this.answers = NONE;
		}
	}

	/**
	 * Return whether no signals come any more but those that are here.
	 * @return whether the feed is done
	 */
	boolean isDone() {
		return this.done;
	}

	/**
	 * Return why the feed is done.
	 * @return the failure, or {@code null} if there is none
	 */
	@Nullable Throwable failure() {
		return this.failure;
	}

	/**
	 * End the feed because of a failure. May be called on any thread.
	 * @param failure the failure
	 */
	void fail(Throwable failure) {
		hookOnError(failure);
		stop();
	}

	/**
	 * End the feed, and drop what it has signalled and may signal still.
	 */
	void drop() {
		this.dropped = true;
		this.done = true;
		stop();
		this.answers = NONE;
		this.signals.clear();
	}

	private void requestMore(long count) {
		this.requested += count;
		try {
			request(count);
		}
		catch (Throwable ex) {
			// Sources in Kotlin may throw what they do not declare.
			fail(ex);
		}
	}

	private void stop() {
		try {
			cancel();
		}
		catch (Throwable ex) {
			this.onCancelFailure.accept(ex);
		}
	}

	// Not read before it is set: what was offered may become visible only with that.
	private void signal() {
		if (!this.signalled.getAndSet(true)) {
			this.onSignal.run();
		}
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		requestMore(1);
	}

	@Override
	protected void hookOnNext(FeedSignal signal) {
		if (this.done) {
			return;
		}
		if (this.received == this.requested) {
			fail(Exceptions.failWithOverflow("The source sends more than it is asked for"));
			return;
		}
		this.received++;
		// Not another position, which nobody would look at after a batch without rows.
		if (signal instanceof FeedSignal.Item && Thread.currentThread() == this.asking && this.signals.isEmpty()) {
			if (this.answers == NONE) {
				this.answers = new ArrayDeque<>();
			}
			this.answers.add(signal);
		}
		else {
			this.signals.offer(signal);
			signal();
		}
	}

	@Override
	protected void hookOnComplete() {
		this.done = true;
		signal();
	}

	@Override
	protected void hookOnError(Throwable failure) {
		this.failure = failure;
		this.done = true;
		signal();
	}

}
