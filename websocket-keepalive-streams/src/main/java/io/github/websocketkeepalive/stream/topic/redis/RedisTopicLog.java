package io.github.websocketkeepalive.stream.topic.redis;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.stream.ByteBufferRecord;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.redis.RedisConnector;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.TopicMirror;

/**
 * A topic in Redis. While Redis cannot be reached, or refuses the topic, it goes on in
 * this instance alone, under an epoch of its own. What was published then is in nobody
 * else's history, so the epoch in Redis is renewed afterwards: no client continues across
 * such a time without being told. Except where it says so, everything happens in tasks of
 * the mirror.
 */
final class RedisTopicLog implements HistoryStore.Log, TopicLooks.Looker {

	private final String topic;

	private final TopicMirror mirror;

	private final RedisHistoryStore store;

	private final TopicScript script;

	private final TopicFollower follower;

	private final AppendQueue queue;

	private final MirroredStream stream;

	private final TopicLooks looks;

	private final TopicTimer grace;

	private final TopicTimer retry;

	private final Refusals refusals = new Refusals();

	/**
	 * Read by the follower too, on any thread.
	 */
	private volatile State state = State.HOLDING;

	private volatile @Nullable RedisLink link;

	private Throwable failure = new QueryTimeoutException("No connection yet");

	private boolean renew;

	private boolean renewing;

	/**
	 * Whether a look has shown what the topic is on this connection. Read by the follower
	 * too, on any thread.
	 */
	private volatile boolean following;

	/**
	 * Whether Redis has to take a write before messages are sent to it again.
	 */
	private boolean probe;

	/**
	 * Whether the last look met entries of an epoch that Redis did not name.
	 */
	private boolean strange;

	private long clockOfRedis;

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
		this.grace = new TopicTimer(mirror, this::goDown);
		this.retry = new TopicTimer(mirror, () -> follower.attach(this));
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
		if (this.queue.readUpTo(this.stream.known().position())) {
			this.looks.cancelLater();
		}
		RedisLink link = this.link;
		AppendQueue.Batch batch = (this.state == State.LIVE) ? this.queue.next() : null;
		if (link != null && batch != null) {
			long expires = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() + RedisConnector.TIMEOUT.toNanos())
					+ this.clockOfRedis;
			RedisConnector.inTime(this.script.append(link.commands(), this.stream.known(), batch, expires))
				.subscribe((reply) -> this.mirror.execute(() -> appended(link, batch, reply)),
						(ex) -> this.mirror.execute(() -> appendFailed(link, batch, ex)));
		}
	}

	private void appended(RedisLink link, AppendQueue.Batch batch, TopicScript.Reply reply) {
		if (link != this.link || !this.queue.isUnderWay(batch)) {
			return;
		}
		if (reply.outcome() == TopicScript.Outcome.DONE) {
			this.grace.stop();
			this.refusals.batchTaken();
			this.queue.appended(batch, reply.end().position());
			// In case that it is never read back, since somebody has removed it.
			this.looks.askLater(RedisConnector.TIMEOUT);
			flush();
			return;
		}
		this.queue.refused(batch);
		this.state = State.HOLDING;
		this.renew |= reply.outcome() == TopicScript.Outcome.FOREIGN;
		this.grace.start(RedisConnector.TIMEOUT);
		this.looks.askLater(this.refusals.batchRefused());
	}

	private void appendFailed(RedisLink link, AppendQueue.Batch batch, Throwable failure) {
		if (this.queue.isUnderWay(batch)) {
			failed(link, failure);
		}
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
		return link == this.link && this.following;
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
		this.retry.stop();
		this.link = link;
		this.following = false;
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
		this.renewing = this.renew;
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
			return false;
		}
		return true;
	}

	// Somebody else's entries stand where ours are to come, so that a new epoch has to
	// begin. Those of another epoch may be ours if it began just after the look.
	private List<TopicEntry> takeOurs(TopicFollower.Look look) {
		List<TopicEntry> entries = look.messages();
		boolean strangeBefore = this.strange;
		this.strange = look.isOfSeveralEpochs(entries);
		boolean foreign = entries.size() < look.entries().size() || this.strange && strangeBefore;
		this.renew = foreign || this.renew && !this.renewing;
		return entries;
	}

	private void live() {
		this.state = State.LIVE;
		this.following = true;
		this.refusals.taken(System.nanoTime());
		this.store.up(this.topic);
		flush();
		if (this.queue.isIdle()) {
			this.grace.stop();
		}
	}

	// Takes in what was appended. Tells whether anything of it was of use.
	Mono<Boolean> read(RedisLink link, List<ByteBufferRecord> records) {
		return Mono.create((sink) -> this.mirror.execute(() -> {
			try {
				sink.success(link != this.link || take(records));
			}
			catch (RuntimeException | Error ex) {
				sink.error(new IllegalStateException("Messages of a topic cannot be taken in", ex));
			}
		}));
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
			if (this.closed) {
				return;
			}
			boolean broken = this.state == State.LIVE && !(failure instanceof QueryTimeoutException);
			this.link = null;
			this.queue.interrupted();
			this.failure = failure;
			if (broken) {
				this.state = State.HOLDING;
				this.grace.start(RedisConnector.TIMEOUT);
			}
			else if (!this.grace.isRunning()) {
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

	private void goDown() {
		this.link = null;
		this.following = false;
		this.state = State.DOWN;
		this.grace.stop();
		beginAnyhow();
		this.store.down(this.topic, this.failure);
		this.queue.removeAll().forEach(this::appendLocally);
		this.looks.release();
		this.retry.start(this.refusals.refused(System.nanoTime()));
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
			this.retry.stop();
			this.grace.stop();
			IllegalStateException closed = new IllegalStateException("The topic '%s' is closed".formatted(this.topic));
			this.queue.removeAll().forEach((message) -> message.fail(closed));
			beginAnyhow();
			this.store.closed(this.topic);
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
