package io.github.websocketkeepalive.stream.topic.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.stream.topic.TopicMirror;

/**
 * Looks at what Redis has of a topic, one look at a time on each connection: whoever asks
 * for one meanwhile shares the next. Belongs to the tasks of the mirror.
 */
final class TopicLooks {

	/**
	 * Least time between two looks that are not urgent, however many clients ask for one.
	 */
	private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);

	private final TopicMirror mirror;

	private final Looker looker;

	private final Disposable.Swap delayed = Disposables.swap();

	private List<MonoSink<Boolean>> waiting = new ArrayList<>();

	private @Nullable UnderWay underWay;

	private boolean again;

	private long lookedAt = System.nanoTime() - INTERVAL;

	TopicLooks(TopicMirror mirror, Looker looker) {
		this.mirror = mirror;
		this.looker = looker;
	}

	// Tells the sink of the next look, once somebody asks for one.
	void await(MonoSink<Boolean> sink) {
		this.waiting.add(sink);
	}

	void ask(RedisLink link, boolean urgent) {
		if (this.underWay != null && this.underWay.link == link) {
			this.again = true;
			return;
		}
		long pause = urgent ? 0 : this.lookedAt + INTERVAL - System.nanoTime();
		if (pause > 0) {
			askLater(Duration.ofNanos(pause));
		}
		else {
			look(link);
		}
	}

	void askLater(Duration delay) {
		this.delayed.update(Schedulers.parallel()
			.schedule(() -> this.mirror.execute(this.looker::lookAgain), delay.toNanos(), TimeUnit.NANOSECONDS));
	}

	private void look(RedisLink link) {
		cancelLater();
		UnderWay look = new UnderWay(link, this.waiting);
		this.underWay = look;
		this.waiting = new ArrayList<>();
		this.again = false;
		Mono.defer(() -> this.looker.look(link))
			.subscribe((answer) -> this.mirror.execute(() -> looked(look, answer)),
					(ex) -> this.mirror.execute(() -> failed(look, ex)));
	}

	private void looked(UnderWay look, TopicFollower.Look answer) {
		if (look != this.underWay) {
			look.complete(false);
			return;
		}
		this.underWay = null;
		this.lookedAt = System.nanoTime();
		look.complete(take(look.link, answer));
		if (this.again || !this.waiting.isEmpty()) {
			this.looker.lookAgain();
		}
	}

	// Whatever goes wrong, nobody may wait for ever.
	private boolean take(RedisLink link, TopicFollower.Look answer) {
		try {
			return this.looker.looked(link, answer);
		}
		catch (RuntimeException | Error ex) {
			link.fail(new IllegalStateException("A look at a topic failed", ex));
			return false;
		}
	}

	private void failed(UnderWay look, Throwable failure) {
		look.complete(false);
		if (look == this.underWay) {
			this.underWay = null;
			this.looker.failed(look.link, failure);
		}
	}

	// Tells who waits for the next look that there is none. What is under way counts no
	// more, and tells so when it is answered.
	void release() {
		this.waiting.forEach((sink) -> sink.success(false));
		this.waiting = new ArrayList<>();
		this.underWay = null;
	}

	void cancelLater() {
		this.delayed.update(Disposables.disposed());
	}

	void stop() {
		cancelLater();
		release();
	}

	/**
	 * Whose topic it is.
	 */
	interface Looker {

		Mono<TopicFollower.Look> look(RedisLink link);

		// Takes in what was seen. Tells whether the topic is known now.
		boolean looked(RedisLink link, TopicFollower.Look look);

		void failed(RedisLink link, Throwable failure);

		// The time for another look has come.
		void lookAgain();

	}

	/**
	 * A look that has not been answered yet.
	 *
	 * @param link the connection that was asked
	 * @param waiting who waits for it
	 */
	private record UnderWay(RedisLink link, List<MonoSink<Boolean>> waiting) {

		void complete(boolean known) {
			this.waiting.forEach((sink) -> sink.success(known));
		}

	}

}
