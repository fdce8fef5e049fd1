package io.github.websocketkeepalive.stream.redis;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.stream.ByteBufferRecord;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.store.HistoryPolicy;
import io.github.websocketkeepalive.stream.store.HistoryStore;
import io.github.websocketkeepalive.stream.store.TopicMirror;

/**
 * A topic in Redis. While Redis cannot be reached, or refuses the topic, it goes on in
 * this instance alone, under an epoch of its own. What was published then is in nobody
 * else's history, so the epoch in Redis is renewed afterwards: no client continues across
 * such a time without being told. Except where it says so, everything happens in tasks of
 * the mirror.
 */
final class RedisTopicLog implements HistoryStore.Log, TopicLooks.Looker {

	/**
	 * Time until a topic that Redis refuses is tried again.
	 */
	private static final Duration RETRY = Duration.ofSeconds(1);

	private static final int MAX_REFUSALS = 5;

	private final String topic;

	private final TopicMirror mirror;

	private final RedisHistoryStore store;

	private final TopicScript script;

	private final TopicFollower follower;

	private final AppendQueue queue;

	private final MirroredStream stream;

	private final TopicLooks looks;

	private final Disposable.Swap graceEnd = Disposables.swap();

	private final Disposable.Swap retry = Disposables.swap();

	/**
	 * Read by the follower too, on any thread.
	 */
	private volatile State state = State.HOLDING;

	private volatile @Nullable RedisLink link;

	private Throwable failure = new QueryTimeoutException("No connection yet");

	private boolean renew;

	/**
	 * Whether Redis has to take a write before messages are sent to it again.
	 */
	private boolean probe;

	/**
	 * Whether the last look met entries of an epoch that Redis did not name.
	 */
	private boolean strange;

	private int refusals;

	private long clockOfRedis;

	private boolean grace;

	private boolean closed;

	RedisTopicLog(String topic, HistoryPolicy policy, TopicMirror mirror, RedisHistoryStore store, String writer,
			TopicFollower follower) {
		this.topic = topic;
		this.mirror = mirror;
		this.store = store;
		this.queue = new AppendQueue(policy, writer);
		this.stream = new MirroredStream(mirror, this.queue);
		this.script = new TopicScript(topic, policy, writer);
		this.follower = follower;
		this.looks = new TopicLooks(mirror, this);
	}

	// On any thread.
	@Override
	public void follow() {
		this.mirror.execute(() -> {
			this.closed = false;
			this.state = State.HOLDING;
			this.follower.add(this);
		});
	}

	@Override
	public Mono<StreamPosition> append(byte[] json) {
		return Mono.create((sink) -> this.mirror.execute(() -> append(new AppendQueue.Message(json, sink))));
	}

	private void append(AppendQueue.Message message) {
		if (this.closed) {
			message.fail(new IllegalStateException("The topic '%s' is closed".formatted(this.topic)));
		}
		else if (this.state == State.DOWN) {
			appendLocally(message);
		}
		else {
			this.queue.add(message);
			flush();
		}
	}

	private void appendLocally(AppendQueue.Message message) {
		this.renew = true;
		message.place(this.stream.appendLocally(message.json()));
	}

	// A batch expires in Redis when it is given up here, so that a connection that was
	// frozen cannot bring it later.
	private void flush() {
		this.queue.readUpTo(this.stream.known().position());
		RedisLink link = this.link;
		AppendQueue.Batch batch = (this.state == State.LIVE) ? this.queue.next() : null;
		if (link != null && batch != null) {
			long expires = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() + RedisConnector.TIMEOUT.toNanos())
					+ this.clockOfRedis;
			RedisConnector.inTime(this.script.append(link.commands(), this.stream.known(), batch, expires))
				.subscribe((reply) -> this.mirror.execute(() -> appended(link, batch, reply)),
						(ex) -> this.mirror.execute(() -> failed(link, ex)));
		}
	}

	private void appended(RedisLink link, AppendQueue.Batch batch, TopicScript.Reply reply) {
		if (link != this.link) {
			return;
		}
		if (reply.outcome() == TopicScript.Outcome.DONE) {
			endGrace();
			this.refusals = 0;
			this.queue.appended(batch, reply.end().position());
			flush();
			return;
		}
		this.queue.refused(batch);
		this.state = State.HOLDING;
		this.renew |= reply.outcome() == TopicScript.Outcome.FOREIGN;
		beginGrace();
		this.refusals = Math.min(this.refusals + 1, MAX_REFUSALS);
		this.looks.askLater(Duration.ofMillis((1L << 2 * (this.refusals - 1)) - 1));
	}

	@Override
	public Mono<Boolean> catchUp() {
		return Mono.create((sink) -> this.mirror.execute(() -> catchUp(sink)));
	}

	private void catchUp(MonoSink<Boolean> sink) {
		if (this.closed || this.state == State.DOWN) {
			sink.success(false);
			return;
		}
		this.looks.await(sink);
		lookAgain();
	}

	// On any thread.
	KnownEnd known() {
		return this.stream.known();
	}

	// On any thread.
	ByteBuffer key() {
		return this.script.stream();
	}

	// Whether entries of the topic are to be waited for. On any thread.
	boolean isFollowing(RedisLink link) {
		return link == this.link && this.state != State.DOWN;
	}

	// On any thread. Completes when it is clear whether the topic can use the connection.
	Mono<Boolean> attach(RedisLink link) {
		return Mono.create((sink) -> this.mirror.execute(() -> attach(link, sink)));
	}

	private void attach(RedisLink link, MonoSink<Boolean> sink) {
		if (this.closed || link == this.link) {
			sink.success(false);
			return;
		}
		this.retry.update(Disposables.disposed());
		this.link = link;
		this.probe = this.state == State.DOWN;
		this.state = State.HOLDING;
		this.looks.await(sink);
		lookAgain();
	}

	// On any thread.
	void lookIfFollowing(RedisLink link) {
		this.mirror.execute(() -> {
			if (link == this.link) {
				lookAgain();
			}
		});
	}

	// Messages wait while it is not clear which epoch they belong to.
	@Override
	public void lookAgain() {
		RedisLink link = this.link;
		if (link != null) {
			this.looks.ask(link, this.state == State.HOLDING);
		}
	}

	@Override
	public Mono<TopicFollower.Look> look(RedisLink link) {
		return this.follower.look(link, this,
				this.script.attach(link.commands(), this.stream.known(), this.renew, this.probe));
	}

	@Override
	public boolean looked(RedisLink link, TopicFollower.Look look) {
		if (link != this.link) {
			return false;
		}
		this.clockOfRedis = look.reply().micros() - TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
		this.probe = false;
		this.stream.apply(look.reply(), takeOurs(look));
		if (!this.renew) {
			live();
		}
		if (this.renew || this.strange) {
			lookAgain();
		}
		return true;
	}

	// Somebody else's entries stand where ours are to come, so that a new epoch has to
	// begin. Those of another epoch may be ours if it began just after the look.
	private List<TopicEntry> takeOurs(TopicFollower.Look look) {
		boolean strangeBefore = this.strange;
		List<TopicEntry> entries = look.entries().stream().map(TopicEntry::of).filter(Objects::nonNull).toList();
		boolean foreign = entries.size() < look.entries().size();
		String epoch = look.reply().end().position().epoch();
		this.strange = entries.stream().anyMatch((entry) -> !entry.position().epoch().equals(epoch));
		this.renew = foreign || this.strange && strangeBefore;
		return entries;
	}

	private void live() {
		this.state = State.LIVE;
		this.store.up(this.topic);
		flush();
		if (this.queue.isIdle()) {
			endGrace();
		}
	}

	// Takes in what was appended. Tells whether anything of it was of use.
	Mono<Boolean> read(RedisLink link, List<ByteBufferRecord> records) {
		return Mono.create((sink) -> this.mirror.execute(() -> sink.success(link != this.link || take(records))));
	}

	private boolean take(List<ByteBufferRecord> records) {
		boolean taken = false;
		boolean unknown = false;
		for (ByteBufferRecord record : records) {
			TopicEntry entry = TopicEntry.of(record);
			if (entry != null && this.stream.apply(entry)) {
				taken = true;
			}
			else {
				unknown = true;
			}
		}
		flush();
		if (unknown) {
			lookAgain();
		}
		return taken;
	}

	// On any thread. A connection that breaks is soon replaced, mostly.
	void lost(Throwable failure) {
		this.mirror.execute(() -> {
			boolean broken = this.state == State.LIVE && !(failure instanceof QueryTimeoutException);
			this.link = null;
			this.queue.interrupted();
			this.failure = failure;
			if (broken) {
				this.state = State.HOLDING;
				beginGrace();
			}
			else if (!this.grace) {
				goDown();
			}
		});
	}

	@Override
	public void failed(RedisLink link, Throwable failure) {
		if (link != this.link) {
			return;
		}
		this.failure = failure;
		if (RedisConnector.isRefusal(failure)) {
			goDown();
		}
		else {
			link.fail(failure);
		}
	}

	private void beginGrace() {
		if (!this.grace) {
			this.grace = true;
			this.graceEnd.update(Schedulers.parallel()
				.schedule(() -> this.mirror.execute(this::graceIsOver), RedisConnector.TIMEOUT.toMillis(),
						TimeUnit.MILLISECONDS));
		}
	}

	// Not before messages that wait are taken: a Redis may connect and refuse them.
	private void endGrace() {
		this.grace = false;
		this.graceEnd.update(Disposables.disposed());
	}

	private void graceIsOver() {
		if (this.grace) {
			goDown();
		}
	}

	private void goDown() {
		this.link = null;
		this.state = State.DOWN;
		endGrace();
		beginAnyhow();
		this.store.down(this.topic, this.failure);
		this.queue.removeAll().forEach(this::appendLocally);
		this.looks.release();
		this.retry.update(Schedulers.parallel()
			.schedule(() -> this.follower.attach(this), RETRY.toMillis(), TimeUnit.MILLISECONDS));
	}

	// Readers that wait have to begin somewhere.
	private void beginAnyhow() {
		if (!this.stream.hasBegun()) {
			this.stream.beginLocally();
		}
	}

	// On any thread.
	@Override
	public void close() {
		this.mirror.execute(() -> {
			this.closed = true;
			this.follower.remove(this);
			this.link = null;
			this.retry.update(Disposables.disposed());
			endGrace();
			IllegalStateException closed = new IllegalStateException("The topic '%s' is closed".formatted(this.topic));
			this.queue.removeAll().forEach((message) -> message.fail(closed));
			beginAnyhow();
			this.looks.stop();
		});
	}

	/**
	 * What becomes of messages: they wait until it is clear which epoch they belong to,
	 * or go to Redis, or stay in this instance.
	 */
	private enum State {

		HOLDING, LIVE, DOWN

	}

}
