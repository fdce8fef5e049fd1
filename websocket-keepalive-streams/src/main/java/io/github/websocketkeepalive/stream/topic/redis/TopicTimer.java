package io.github.websocketkeepalive.stream.topic.redis;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.stream.topic.TopicMirror;

/**
 * Does something for a topic when a time is over. Belongs to the tasks of the mirror.
 */
final class TopicTimer {

	private final TopicMirror mirror;

	private final Runnable onEnd;

	private final Disposable.Swap timer = Disposables.swap();

	private boolean running;

	/**
	 * Create a timer that does not run.
	 * @param mirror the mirror of the topic
	 * @param onEnd called when the time is over, unless the timer was stopped before
	 */
	TopicTimer(TopicMirror mirror, Runnable onEnd) {
		this.mirror = mirror;
		this.onEnd = onEnd;
	}

	boolean isRunning() {
		return this.running;
	}

	// Starts unless it runs already.
	void start(Duration duration) {
		if (!this.running) {
			this.timer.update(Schedulers.parallel()
				.schedule(() -> this.mirror.execute(this::isOver), duration.toMillis(), TimeUnit.MILLISECONDS));
			this.running = true;
		}
	}

	void stop() {
		this.running = false;
		this.timer.update(Disposables.disposed());
	}

	private void isOver() {
		if (this.running) {
			this.running = false;
			this.onEnd.run();
		}
	}

}
