package io.github.websocketkeepalive.stream.client;

import java.lang.reflect.Type;
import java.util.Collections;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;
import io.github.websocketkeepalive.stream.protocol.StreamError;

/**
 * One stream for one subscriber. What comes in is queued; everything else happens on one
 * worker of the scheduler. A stream that has lost its connection is opened again once all
 * that it had received is delivered, so that no more than a window of each numbering is
 * ever in memory.
 *
 * @param <T> what the rows are
 */
final class ClientStream<T> {

	private static final Set<String> HARMLESS = Set.of(StreamError.BAD_OFFSET.code(), StreamError.STREAM_EXISTS.code());

	private final Queue<Object> inbox = Queues.unboundedMultiproducer().get();

	private final AtomicInteger wakeups = new AtomicInteger();

	private final ClientConnection connection;

	private final StreamSubscription<T> subscription;

	private final StreamClient.Settings settings;

	private final FluxSink<StreamItem<T>> sink;

	private final Scheduler.Worker worker;

	private final String name;

	private final int window;

	private final StreamCursor cursor;

	private final AckPolicy acks;

	private @Nullable FluxSink<ClientFrame> link;

	private Iterator<?> rows = Collections.emptyIterator();

	private String epoch = "";

	private long offset;

	private boolean opened;

	private boolean ackDue;

	private boolean ended;

	ClientStream(ClientConnection connection, StreamSubscription<T> subscription, StreamClient.Settings settings,
			FluxSink<StreamItem<T>> sink) {
		this.connection = connection;
		this.subscription = subscription;
		this.settings = settings;
		this.sink = sink;
		this.worker = settings.scheduler().createWorker();
		this.name = connection.nextName();
		this.window = subscription.window(settings.window());
		this.cursor = new StreamCursor(subscription.from());
		this.acks = new AckPolicy(this.window);
	}

	void start() {
		this.connection.add(this);
		this.sink.onRequest((more) -> wake());
		this.sink.onDispose(this::wake);
		wake();
	}

	String name() {
		return this.name;
	}

	Type itemType() {
		return this.subscription.type();
	}

	/**
	 * Take a frame, or a failure that ends the stream once all that came before it is
	 * delivered. Called on any thread, by one at a time.
	 * @param signal the frame or failure
	 */
	void receive(Object signal) {
		if (signal instanceof ServerFrame.Opened frame) {
			this.acks.arrives(frame.epoch());
		}
		if (signal instanceof ServerFrame.Batch batch && batch.items().isEmpty()) {
			return;
		}
		if (signal instanceof ServerFrame.Batch && !this.acks.admits()) {
			this.connection.remove(this);
			this.inbox.add(new StreamException("window-exceeded",
					"The server sent more than " + this.window + " batches that are not acknowledged"));
		}
		else {
			this.inbox.add(signal);
		}
		wake();
	}

	/**
	 * Look at what there is to do. Called on any thread.
	 */
	void wake() {
		if (this.wakeups.getAndIncrement() == 0) {
			this.worker.schedule(this::run);
		}
	}

	private void run() {
		int seen = this.wakeups.get();
		boolean more = false;
		try {
			more = step();
		}
		catch (RuntimeException | Error ex) {
			// Of the subscriber or onGap, who would wait for ever otherwise.
			fail(ex);
		}
		if (this.ended) {
			// With wake-ups left, so that nothing is scheduled any more.
			return;
		}
		acknowledge();
		if (more || this.wakeups.addAndGet(-seen) > 0) {
			this.worker.schedule(this::run);
		}
	}

	/**
	 * Deliver what is left of a batch, or take the next signal. No more than that, since
	 * others wait for the thread.
	 * @return whether there may be more to do
	 */
	private boolean step() {
		if (this.sink.isCancelled()) {
			close(true);
			return false;
		}
		if (!deliver()) {
			return false;
		}
		// Before the inbox: what came by an earlier link is in there by then.
		FluxSink<ClientFrame> link = this.connection.link();
		Object signal = this.inbox.poll();
		if (signal != null) {
			accept(signal);
		}
		else if (link != this.link) {
			open(link);
		}
		return signal != null;
	}

	@SuppressWarnings("unchecked")
	private boolean deliver() {
		while (this.rows.hasNext()) {
			if (this.sink.isCancelled() || this.sink.requestedFromDownstream() == 0) {
				return false;
			}
			Object row = this.rows.next();
			if (row == null) {
				throw new StreamException(StreamError.BAD_FRAME.code(), "Row " + this.offset + " is null");
			}
			this.sink.next(new StreamItem<>(this.epoch, this.offset++, (T) row));
		}
		return true;
	}

	private void open(@Nullable FluxSink<ClientFrame> link) {
		this.link = link;
		this.opened = false;
		if (link != null) {
			this.acks.begin(this.offset);
			link.next(new ClientFrame.Open(this.name, null, this.subscription.source(), this.subscription.parameters(),
					this.window, this.cursor.position()));
		}
	}

	private void accept(Object signal) {
		if (signal instanceof ServerFrame.Batch batch) {
			accept(batch);
		}
		else if (signal instanceof ServerFrame.Opened frame) {
			accept(frame);
		}
		else if (signal instanceof ServerFrame.End end) {
			this.subscription.gap(this.cursor.next(end.offset()));
			close(false);
			this.sink.complete();
		}
		else if (signal instanceof ServerFrame.Error error) {
			accept(error);
		}
		else if (signal instanceof Throwable failure) {
			fail(failure);
		}
	}

	private void accept(ServerFrame.Opened frame) {
		this.opened = true;
		this.subscription.gap(this.cursor.opened(frame));
		// It may be before the cursor, and the server does not know what comes later.
		this.epoch = frame.epoch();
		this.offset = frame.offset();
		int forgotten = this.acks.begin(this.offset);
		Integer granted = frame.window();
		if (granted != null) {
			this.acks.granted(granted);
		}
		if (forgotten > 0) {
			// Everything before is processed, however it was numbered.
			send(new ClientFrame.Ack(this.name, this.offset));
		}
	}

	private void accept(ServerFrame.Batch batch) {
		if (!this.opened) {
			throw new StreamException(StreamError.BAD_FRAME.code(), "A batch came before the stream was opened");
		}
		this.subscription.gap(this.cursor.next(batch.offset()));
		int count = batch.items().size();
		int known = this.cursor.take(batch.offset(), count);
		this.rows = batch.items().subList(known, count).iterator();
		this.offset = batch.offset() + known;
		this.acks.received(batch.offset() + count);
	}

	private void accept(ServerFrame.Error error) {
		boolean harmless = HARMLESS.contains(error.code())
				|| this.opened && StreamError.BAD_FRAME.code().equals(error.code());
		if (!harmless) {
			close(false);
			this.sink.error(new StreamException(error.code(), PeerText.of(error.message())));
		}
	}

	private void acknowledge() {
		boolean demand = this.sink.requestedFromDownstream() > 0;
		if (this.acks.processed(demand ? this.offset : this.offset - 1)) {
			ack();
		}
		else if (this.acks.isPending() && !this.ackDue) {
			this.ackDue = true;
			this.worker.schedule(this::ackLate, this.settings.ackEvery().toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	private void ackLate() {
		this.ackDue = false;
		if (!this.ended && this.acks.isPending()) {
			this.acks.late();
			ack();
		}
	}

	private void ack() {
		send(new ClientFrame.Ack(this.name, this.acks.acknowledge()));
	}

	private void send(ClientFrame frame) {
		if (this.link != null) {
			this.link.next(frame);
		}
	}

	private void fail(Throwable failure) {
		close(true);
		this.sink.error(failure);
	}

	private void close(boolean cancel) {
		this.ended = true;
		if (cancel) {
			send(new ClientFrame.Cancel(this.name));
		}
		this.connection.remove(this);
		this.inbox.clear();
		this.rows = Collections.emptyIterator();
		this.worker.dispose();
	}

}
