package io.github.websocketkeepalive.stream.server;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.StreamException;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.codec.BatchEncoder;
import io.github.websocketkeepalive.stream.codec.BatchWriter;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;
import io.github.websocketkeepalive.stream.protocol.StreamError;
import io.github.websocketkeepalive.stream.session.StreamSession;

/**
 * One stream of a connection: makes messages of what its feed signals, whenever it is its
 * turn. Confined to the event loop of the connection.
 */
final class OutboundStream implements MessageSource {

	private static final Logger logger = LoggerFactory.getLogger(OutboundStream.class);

	private final ConnectionScope scope;

	private ClientFrame.Open open;

	private final FeedReader feed;

	private final Consumer<? super OutboundStream> onEnd;

	private final BatchEncoder batches;

	private final SendWindow window;

	private final ReadAhead ahead;

	/**
	 * The next batch, with the rows that have come before it could be sent.
	 */
	private @Nullable BatchWriter batch;

	private @Nullable String epoch;

	private boolean broken;

	private boolean ended;

	private boolean abandoned;

	/**
	 * Create a stream that reads nothing before it is subscribed.
	 * @param scope the connection
	 * @param open what the client asked for
	 * @param budget what the streams of the connection share
	 * @param onSignal called, on any thread, when there may be something to send
	 * @param onEnd called when the stream has ended, unless it was abandoned
	 */
	OutboundStream(ConnectionScope scope, ClientFrame.Open open, ReadBudget budget,
			Consumer<? super OutboundStream> onSignal, Consumer<? super OutboundStream> onEnd) {
		this.scope = scope;
		this.open = open;
		this.feed = new FeedReader(scope.context(), () -> onSignal.accept(this),
				(failure) -> log("failed while it was cancelled", failure));
		this.onEnd = onEnd;
		this.batches = scope.codec().batches(name());
		this.window = new SendWindow(scope.policy(), open.window());
		this.ahead = new ReadAhead(budget);
	}

	String name() {
		return this.open.stream();
	}

	@Nullable String ref() {
		return this.open.ref();
	}

	String source() {
		return this.open.source();
	}

	/**
	 * Begin to read.
	 * @param feed opens the feed
	 */
	void read(Supplier<Publisher<FeedSignal>> feed) {
		this.feed.read(feed);
	}

	/**
	 * Return what a session has to keep of the stream.
	 * @return the stream, or {@code null} if the client has all that it wants of it
	 */
	StreamSession.@Nullable OpenStream kept() {
		if (isOver()) {
			return null;
		}
		StreamPosition position = (this.epoch != null)
				? new StreamPosition(this.epoch, this.window.acknowledgedOffset()) : this.open.from();
		return new StreamSession.OpenStream(name(), ref(), source(), this.open.request(), this.open.window(), position);
	}

	/**
	 * Take an acknowledgement.
	 * @param offset the first row that is not processed
	 * @return whether it makes sense
	 */
	boolean acknowledge(long offset) {
		boolean sensible = this.window.acknowledge(offset);
		if (isOver()) {
			forgetRequest();
		}
		return sensible;
	}

	/**
	 * Return the parameters, as long as a session may have to open the stream again.
	 * @return the parameters, or none
	 */
	Map<String, Object> request() {
		return this.open.request();
	}

	private boolean isOver() {
		return this.abandoned || this.ended && this.window.isSettled();
	}

	private void forgetRequest() {
		this.open = this.open.withoutRequest();
	}

	/**
	 * End the stream without a word.
	 */
	void abandon() {
		this.ended = true;
		this.abandoned = true;
		this.feed.drop();
		if (this.batch != null) {
			this.batch.release();
			this.batch = null;
			this.ahead.holds(0);
		}
		forgetRequest();
	}

	@Override
	public boolean hasNext() {
		this.feed.look();
		if (this.ended) {
			return false;
		}
		if (!this.window.hasRoom()) {
			readAhead();
		}
		if (this.batch != null) {
			return this.window.hasRoom();
		}
		if (this.broken) {
			return true;
		}
		// Read before the next signal: what comes between the two must not be lost.
		boolean done = this.feed.isDone();
		FeedSignal next = this.feed.peek();
		if (next == null) {
			return done
					|| this.epoch != null && this.window.hasRoom() && this.window.demand() > 0 && this.ahead.room() > 0;
		}
		return next instanceof FeedSignal.Opened || this.window.hasRoom();
	}

	@Override
	public @Nullable ByteBuf next() {
		boolean done = this.feed.isDone();
		if (this.batch == null && !this.broken && this.feed.peek() instanceof FeedSignal.Opened opened) {
			this.feed.remove();
			return this.scope.encode(opened(opened));
		}
		fill();
		BatchWriter batch = this.batch;
		if (batch != null) {
			return send(batch);
		}
		return (done && (this.broken || this.feed.peek() == null)) ? this.scope.encode(end()) : null;
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
			this.feed.ask(1);
		}
		else if (this.open.from() != null) {
			this.scope.tell((listener) -> listener.onResumed(source(), opened.recovered()));
		}
		Long missing = opened.missing();
		if (missing != null && missing > 0) {
			this.scope.tell((listener) -> listener.onMissing(source(), missing));
		}
		return new ServerFrame.Opened(name(), ref(), position.epoch(), position.offset(), opened.recovered(), missing,
				this.window.size());
	}

	private ByteBuf send(BatchWriter batch) {
		this.batch = null;
		this.ahead.holds(0);
		int items = batch.items();
		this.window.sent(items, batch.bytes());
		this.scope.tell((listener) -> listener.onBatch(source(), items));
		return batch.finish();
	}

	private void fill() {
		do {
			askToComplete();
		}
		while (addNext(Integer.MAX_VALUE));
	}

	// Rows go into the next batch as they come: only then it is known what they weigh,
	// and the batch is a large one though few rows are asked for at a time.
	private void readAhead() {
		int maxBytes = this.ahead.maxEncodedBytes();
		while (addNext(maxBytes)) {
			ask(this.window.demand());
		}
		BatchWriter batch = this.batch;
		if (batch != null) {
			batch.pause();
			this.ahead.holds(batch.bytes());
		}
	}

	private boolean addNext(int maxBytes) {
		return !this.broken && !isFull(maxBytes) && this.feed.peek() instanceof FeedSignal.Item item
				&& add(item.value(), maxBytes);
	}

	private boolean add(Object item, int maxBytes) {
		BatchWriter batch = (this.batch != null) ? this.batch : begin(maxBytes);
		int before = batch.bytes();
		try {
			batch.add(item);
		}
		catch (RuntimeException | Error ex) {
			if (this.batch == null) {
				batch.release();
			}
			this.broken = true;
			this.feed.fail(ex);
			return false;
		}
		this.batch = batch;
		this.feed.remove();
		this.ahead.encoded(batch.bytes() - before);
		return true;
	}

	private BatchWriter begin(int maxBytes) {
		return this.batches.begin(this.window.nextOffset(), Math.min(this.window.expectedBytes(), maxBytes),
				this.scope.allocator());
	}

	// As long as rows come at once, no more are asked for than the batch has room for.
	private void askToComplete() {
		BatchWriter batch = this.batch;
		if (this.feed.peek() != null || isFull(Integer.MAX_VALUE)) {
			return;
		}
		ask(this.window.demandToComplete((batch != null) ? batch.items() : 0));
		if (this.feed.peek() == null) {
			ask(this.window.demand());
		}
	}

	private void ask(long demand) {
		long rows = (this.epoch != null && !this.broken) ? Math.min(demand, this.ahead.room()) : 0;
		if (rows > 0) {
			this.window.asked(rows);
			this.ahead.asked(rows);
			this.feed.ask(rows);
		}
	}

	private boolean isFull(int maxBytes) {
		BatchWriter batch = this.batch;
		return batch != null && (batch.bytes() >= maxBytes || this.window.isComplete(batch.items(), batch.bytes()));
	}

	private ServerFrame end() {
		this.ended = true;
		this.onEnd.accept(this);
		Throwable failure = this.feed.failure();
		this.feed.drop();
		if (isOver()) {
			forgetRequest();
		}
		if (failure == null) {
			return new ServerFrame.End(name(), ref(), this.window.nextOffset());
		}
		if (failure instanceof StreamException refusal) {
			return this.scope.error(name(), ref(), refusal.getCode(), String.valueOf(refusal.getMessage()));
		}
		log("failed", failure);
		return this.scope.error(name(), ref(), StreamError.SOURCE_FAILED.code(), "The source failed.");
	}

	private void log(String what, Throwable failure) {
		this.scope.limiter()
			.log(source() + " " + what, (more) -> logger.warn("[{}] Source '{}' of stream '{}' {}{}", this.scope.id(),
					source(), PeerText.of(name()), what, more, failure));
	}

}
