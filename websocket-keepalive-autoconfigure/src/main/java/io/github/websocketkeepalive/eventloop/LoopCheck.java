package io.github.websocketkeepalive.eventloop;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * What the watchdog knows of one event loop. Its fields are written by the watchdog, but
 * for the answer, which the loop writes.
 */
final class LoopCheck {

	private final EventLoopMonitor monitor;

	private volatile long askedNanos;

	private volatile boolean answered = true;

	private boolean counted;

	private boolean logged;

	private volatile long stalledNanos;

	private volatile long lagNanos;

	LoopCheck(EventLoopMonitor monitor) {
		this.monitor = monitor;
	}

	boolean isAnswered() {
		return this.answered;
	}

	/**
	 * Ask the loop for a sign of life. A loop that takes no tasks is not asked.
	 * @param nanos the present instant
	 * @param onAnswer called on the loop
	 */
	void ask(long nanos, Consumer<LoopCheck> onAnswer) {
		this.askedNanos = nanos;
		this.answered = false;
		boolean asked = false;
		try {
			asked = this.monitor.probe(() -> {
				try {
					onAnswer.accept(this);
				}
				finally {
					this.answered = true;
				}
			});
		}
		finally {
			if (!asked) {
				this.answered = true;
			}
		}
	}

	/**
	 * Note how long the loop took to answer. Called on the loop.
	 * @param nanos the present instant
	 * @return how long
	 */
	long answer(long nanos) {
		this.lagNanos = Math.max(nanos - this.askedNanos, 0);
		return this.lagNanos;
	}

	long lagNanos() {
		return Math.max(this.lagNanos, this.stalledNanos);
	}

	long askedNanos() {
		return this.askedNanos;
	}

	/**
	 * Forgive the loop a pause of the whole process.
	 * @param nanos how long it was
	 */
	void forgive(long nanos) {
		this.askedNanos = this.askedNanos + nanos;
	}

	/**
	 * Note that the loop has not answered for some time.
	 * @param nanos how long
	 * @return whether that is news
	 */
	boolean stalledFor(long nanos) {
		this.stalledNanos = nanos;
		boolean news = !this.counted;
		this.counted = true;
		return news;
	}

	/**
	 * Note that the stall is logged.
	 * @return whether it was not logged before
	 */
	boolean logOnce() {
		boolean news = !this.logged;
		this.logged = true;
		return news;
	}

	boolean isLogged() {
		return this.logged;
	}

	void recovered() {
		this.counted = false;
		this.logged = false;
		this.stalledNanos = 0;
	}

	long stalledNanos() {
		return this.stalledNanos;
	}

	String name() {
		return this.monitor.name();
	}

	@Nullable Thread thread() {
		return this.monitor.thread();
	}

}
