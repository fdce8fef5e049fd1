package io.github.websocketkeepalive.stream.webflux;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.codec.BatchWriter;
import io.github.websocketkeepalive.stream.flow.SendWindow;
import io.github.websocketkeepalive.stream.frame.ClientFrame;
import io.github.websocketkeepalive.stream.frame.ServerFrame;
import io.github.websocketkeepalive.stream.frame.StreamError;
import io.github.websocketkeepalive.stream.session.StreamSession;
import io.github.websocketkeepalive.stream.webflux.output.MessageSource;

/**
 * One stream of a connection: takes what its feed signals, on any thread, and makes
 * messages of it whenever it is its turn. Everything but the signals is confined to the
 * event loop of the connection.
 */
final class OutboundStream extends BaseSubscriber<FeedSignal> implements MessageSource {

	private static final Logger logger = LoggerFactory.getLogger(OutboundStream.class);

	private final Queue<FeedSignal> signals = Queues.<FeedSignal>unbounded().get();

	private final ConnectionScope scope;

	private final ClientFrame.Open open;

	private final Consumer<? super OutboundStream> onSignal;

	private final Consumer<? super OutboundStream> onEnd;

	private final SendWindow window;

	/**
	 * Whether it was said that there may be something to send, and not yet looked.
	 */
	private final AtomicBoolean signalled = new AtomicBoolean();

	private volatile boolean done;

	private volatile @Nullable Throwable failure;

	private @Nullable String epoch;

	private boolean broken;

	private boolean ended;

	private boolean abandoned;

	/**
	 * Create a stream that reads nothing before it is subscribed.
	 * @param scope the connection
	 * @param open what the client asked for
	 * @param onSignal called, on any thread, when there may be something to send
	 * @param onEnd called when the stream has ended, unless it was abandoned
	 */
	OutboundStream(ConnectionScope scope, ClientFrame.Open open, Consumer<? super OutboundStream> onSignal,
			Consumer<? super OutboundStream> onEnd) {
		this.scope = scope;
		this.open = open;
		this.onSignal = onSignal;
		this.onEnd = onEnd;
		this.window = new SendWindow(scope.policy(), open.window());
	}

	String name() {
		return this.open.stream();
	}

	String source() {
		return this.open.source();
	}

	/**
	 * Return what a session has to keep of the stream.
	 * @return the stream, or {@code null} if the client has all that it wants of it
	 */
	StreamSession.@Nullable OpenStream kept() {
		if (this.abandoned || this.ended && this.window.isSettled()) {
			return null;
		}
		StreamPosition position = (this.epoch != null)
				? new StreamPosition(this.epoch, this.window.acknowledgedOffset()) : this.open.from();
		return new StreamSession.OpenStream(name(), source(), this.open.request(), this.open.window(), position);
	}

	/**
	 * Take an acknowledgement.
	 * @param offset the first row that is not processed
	 * @return whether it makes sense
	 */
	boolean acknowledge(long offset) {
		boolean known = this.window.acknowledge(offset);
		ask();
		return known;
	}

	/**
	 * End the stream without a word.
	 */
	void abandon() {
		this.ended = true;
		this.abandoned = true;
		try {
			cancel();
		}
		catch (RuntimeException ex) {
			logger.warn("[{}] Source '{}' of stream '{}' failed while it was cancelled", this.scope.id(), source(),
					name(), ex);
		}
		this.signals.clear();
	}

	@Override
	public boolean hasNext() {
		this.signalled.set(false);
		if (this.ended || this.broken) {
			return !this.ended;
		}
		boolean done = this.done;
		FeedSignal next = this.signals.peek();
		return (next instanceof FeedSignal.Item) ? this.window.hasRoom() : next != null || done;
	}

	@Override
	public ByteBuf next() {
		if (!this.broken && this.signals.peek() instanceof FeedSignal.Opened opened) {
			this.signals.remove();
			return this.scope.encode(opened(opened));
		}
		return (!this.broken && this.signals.peek() != null) ? batch() : this.scope.encode(end());
	}

	private ServerFrame opened(FeedSignal.Opened opened) {
		StreamPosition position = opened.position();
		boolean first = this.epoch == null;
		if (position.epoch().equals(this.epoch) && position.offset() >= this.window.nextOffset()) {
			this.window.skipTo(position.offset());
		}
		else {
			this.window.restart(position.offset());
		}
		this.epoch = position.epoch();
		if (!first) {
			request(1);
		}
		else if (this.open.from() != null) {
			this.scope.tell((listener) -> listener.onResumed(source(), opened.recovered()));
		}
		ask();
		Long missing = opened.missing();
		if (missing != null && missing > 0) {
			this.scope.tell((listener) -> listener.onMissing(source(), missing));
		}
		return new ServerFrame.Opened(name(), position.epoch(), position.offset(), opened.recovered(), missing);
	}

	private ByteBuf batch() {
		BatchWriter writer = this.scope.codec().batch(name(), this.window.nextOffset(), this.scope.allocator());
		try {
			while (!this.window.isComplete(writer.items(), writer.bytes())
					&& this.signals.peek() instanceof FeedSignal.Item item) {
				this.signals.remove();
				writer.add(item.value());
			}
		}
		catch (RuntimeException ex) {
			breakOff(ex);
		}
		if (writer.items() == 0) {
			writer.release();
			return this.scope.encode(end());
		}
		this.window.sent(writer.items(), writer.bytes());
		int items = writer.items();
		this.scope.tell((listener) -> listener.onBatch(source(), items));
		ask();
		return writer.finish();
	}

	private void breakOff(RuntimeException failure) {
		this.broken = true;
		this.failure = failure;
		this.done = true;
		cancel();
	}

	private ServerFrame end() {
		this.ended = true;
		this.signals.clear();
		this.onEnd.accept(this);
		Throwable failure = this.failure;
		if (failure == null) {
			return new ServerFrame.End(name(), this.window.nextOffset());
		}
		if (failure instanceof StreamException refusal) {
			return this.scope.error(name(), refusal.getCode(), String.valueOf(refusal.getMessage()));
		}
		logger.warn("[{}] Source '{}' of stream '{}' failed", this.scope.id(), source(), name(), failure);
		return this.scope.error(name(), StreamError.SOURCE_FAILED.code(), "The source failed.");
	}

	// The first signal is asked for alone, on whatever thread the feed begins.
	private void ask() {
		if (this.epoch == null) {
			return;
		}
		long demand = this.window.demand();
		if (demand > 0) {
			request(demand);
		}
	}

	@Override
	public Context currentContext() {
		return this.scope.context();
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		request(1);
	}

	@Override
	protected void hookOnNext(FeedSignal signal) {
		this.signals.offer(signal);
		signal();
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

	// Not read before it is set: what was offered may become visible only with that.
	private void signal() {
		if (!this.signalled.getAndSet(true)) {
			this.onSignal.accept(this);
		}
	}

}
