package io.github.websocketkeepalive.stream.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
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
 * A topic in Redis. While Redis cannot be reached, it goes on in this instance alone,
 * under an epoch of its own. What was published then is in nobody else's history, so the
 * epoch in Redis is renewed afterwards: no client continues across such a time without
 * being told. Except where it says so, everything happens in tasks of the mirror.
 */
final class RedisTopicLog implements HistoryStore.Log {

	private final String topic;

	private final TopicMirror mirror;

	private final RedisHistoryStore store;

	private final TopicScript script;

	private final TopicFollower follower;

	private final AppendQueue queue;

	private final MirroredStream stream;

	private final List<MonoSink<Void>> catchingUp = new ArrayList<>();

	private final Disposable.Swap following = Disposables.swap();

	private final Disposable.Swap graceEnd = Disposables.swap();

	private State state = State.HOLDING;

	private @Nullable RedisLink link;

	private Throwable failure = new QueryTimeoutException("No connection yet");

	private boolean renew;

	private boolean grace;

	private boolean closed;

	RedisTopicLog(String topic, HistoryPolicy policy, TopicMirror mirror, RedisHistoryStore store,
			ReactiveRedisConnectionFactory factory) {
		this.topic = topic;
		this.mirror = mirror;
		this.store = store;
		this.queue = new AppendQueue(policy);
		this.stream = new MirroredStream(mirror, this.queue);
		this.script = new TopicScript(topic, policy);
		this.follower = new TopicFollower(factory, this.script, this);
	}

	// On any thread.
	@Override
	public void follow() {
		this.mirror.execute(() -> {
			this.closed = false;
			this.state = State.HOLDING;
			this.following.update(this.follower.follow().subscribe());
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

	private void flush() {
		this.queue.readUpTo(this.stream.known());
		RedisLink link = this.link;
		AppendQueue.Batch batch = (this.state == State.LIVE) ? this.queue.next() : null;
		if (link != null && batch != null) {
			RedisLink.inTime(this.script.append(link.connection(), this.stream.known(), batch.id(), batch.json()))
				.subscribe((reply) -> this.mirror.execute(() -> appended(link, batch, reply)), link::fail);
		}
	}

	private void appended(RedisLink link, AppendQueue.Batch batch, TopicScript.Reply reply) {
		if (link != this.link) {
			return;
		}
		if (reply.position() != null) {
			endGrace();
			this.queue.appended(batch, reply.position());
			flush();
		}
		else {
			this.queue.refused(batch);
			this.state = State.HOLDING;
			this.follower.bringUpToDate(link, false).then(live(link)).subscribe(null, link::fail);
		}
	}

	@Override
	public Mono<Void> catchUp() {
		return Mono.create((sink) -> this.mirror.execute(() -> catchUp(sink)));
	}

	private void catchUp(MonoSink<Void> sink) {
		RedisLink link = this.link;
		if (this.state == State.HOLDING && !this.closed) {
			this.catchingUp.add(sink);
		}
		else if (link != null) {
			this.follower.bringUpToDate(link, false).subscribe(null, (ex) -> sink.success(), sink::success);
		}
		else {
			sink.success();
		}
	}

	// On any thread.
	StreamPosition known() {
		return this.stream.known();
	}

	// Keeps messages back until it is live or down. Tells whether to renew the epoch.
	Mono<Boolean> hold(RedisLink link) {
		return task(() -> {
			this.link = link;
			this.state = State.HOLDING;
			return this.renew;
		});
	}

	Mono<Boolean> live(RedisLink link) {
		return task(() -> {
			if (link == this.link) {
				this.state = State.LIVE;
				this.renew = false;
				this.store.up(this.topic);
				release();
				flush();
				if (this.queue.isIdle()) {
					endGrace();
				}
			}
			return true;
		});
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

	private void beginGrace() {
		if (!this.grace) {
			this.grace = true;
			this.graceEnd.update(Schedulers.parallel()
				.schedule(() -> this.mirror.execute(this::graceIsOver), RedisLink.TIMEOUT.toMillis(),
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
		RedisLink link = this.link;
		this.link = null;
		this.state = State.DOWN;
		this.grace = false;
		if (link != null) {
			link.fail(this.failure);
		}
		beginAnyhow();
		this.store.down(this.topic, this.failure);
		this.queue.removeAll().forEach(this::appendLocally);
		release();
	}

	// Readers that wait have to begin somewhere.
	private void beginAnyhow() {
		if (!this.stream.hasBegun()) {
			this.stream.beginLocally();
		}
	}

	private void release() {
		this.catchingUp.forEach(MonoSink::success);
		this.catchingUp.clear();
	}

	Mono<Boolean> apply(RedisLink link, TopicScript.Reply reply, List<TopicEntry> entries) {
		return task(() -> {
			if (link == this.link) {
				this.stream.apply(reply, entries);
				flush();
			}
			return true;
		});
	}

	Mono<Boolean> apply(RedisLink link, List<TopicEntry> entries) {
		return task(() -> {
			if (link == this.link) {
				entries.forEach(this.stream::apply);
				flush();
			}
			return true;
		});
	}

	private Mono<Boolean> task(BooleanSupplier task) {
		return Mono.create((sink) -> this.mirror.execute(() -> {
			try {
				sink.success(task.getAsBoolean());
			}
			catch (RuntimeException ex) {
				sink.error(ex);
			}
		}));
	}

	// On any thread.
	@Override
	public void close() {
		this.mirror.execute(() -> {
			this.closed = true;
			this.following.update(Disposables.disposed());
			this.link = null;
			endGrace();
			IllegalStateException closed = new IllegalStateException("The topic '%s' is closed".formatted(this.topic));
			this.queue.removeAll().forEach((message) -> message.fail(closed));
			beginAnyhow();
			release();
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
