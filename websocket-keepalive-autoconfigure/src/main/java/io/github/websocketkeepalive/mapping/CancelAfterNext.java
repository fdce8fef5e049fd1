package io.github.websocketkeepalive.mapping;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Cancels a session's messages once the handler is through with the one that made it
 * cancel. Operators cancel before they tell that code in them has thrown, and Reactor
 * Netty closes a connection whose messages are cancelled: away from the event loop the
 * failure would come too late to be the cause of the end.
 *
 * @param <T> the type of the messages
 */
final class CancelAfterNext<T> implements CoreSubscriber<T>, Subscription {

	private final CoreSubscriber<? super T> actual;

	private Subscription source = Operators.emptySubscription();

	/**
	 * Compared with the current thread only, which always sees what it has written.
	 */
	private @Nullable Thread handling;

	/**
	 * Belongs to the thread that handles a message.
	 */
	private boolean cancelled;

	CancelAfterNext(CoreSubscriber<? super T> actual) {
		this.actual = actual;
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext();
	}

	@Override
	public void onSubscribe(Subscription source) {
		this.source = source;
		this.actual.onSubscribe(this);
	}

	@Override
	public void onNext(T message) {
		this.handling = Thread.currentThread();
		try {
			this.actual.onNext(message);
		}
		finally {
			this.handling = null;
			if (this.cancelled) {
				this.source.cancel();
			}
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.actual.onError(failure);
	}

	@Override
	public void onComplete() {
		this.actual.onComplete();
	}

	@Override
	public void request(long count) {
		this.source.request(count);
	}

	@Override
	public void cancel() {
		if (this.handling == Thread.currentThread()) {
			this.cancelled = true;
		}
		else {
			this.source.cancel();
		}
	}

}
