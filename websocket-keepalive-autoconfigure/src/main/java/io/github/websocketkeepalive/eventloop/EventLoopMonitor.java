package io.github.websocketkeepalive.eventloop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutorGroup;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.task.TaskFailures;

/**
 * Sweeps one event loop at a fixed period, and keeps its virtual clock: a clock that
 * hardly advances while the loop is stalled, so that a blocked handler, a garbage
 * collection or a suspended machine ages nobody. Answers the probes of the
 * {@link EventLoopWatchdog}.
 *
 * <p>
 * Confined to its event loop, except where a method says otherwise.
 */
@Internal
public final class EventLoopMonitor {

	private static final TaskFailures failures = new TaskFailures();

	private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final EventLoop eventLoop;

	private final long periodNanos;

	private final LongSupplier nanoTime;

	private final List<Sweep> sweeps = new ArrayList<>();

	private volatile @Nullable Future<?> task;

	private volatile @Nullable Thread thread;

	private volatile boolean stopped;

	private long virtualNanos;

	private long lastTickNanos;

	private long stalledAt = Long.MIN_VALUE;

	EventLoopMonitor(EventLoop eventLoop, long periodNanos, LongSupplier nanoTime) {
		this.eventLoop = eventLoop;
		this.periodNanos = periodNanos;
		this.nanoTime = nanoTime;
		this.lastTickNanos = nanoTime.getAsLong();
	}

	/**
	 * Return the event loop. May be called on any thread.
	 * @return the event loop
	 */
	public EventLoop eventLoop() {
		return this.eventLoop;
	}

	/**
	 * Return the present instant of the virtual clock, in nanoseconds.
	 * @return the instant, never earlier than one returned before
	 */
	public long now() {
		return this.virtualNanos + creditable(this.nanoTime.getAsLong() - this.lastTickNanos);
	}

	/**
	 * Return whether the loop stood still at some time since an instant.
	 * @param instant an instant of the virtual clock
	 * @return whether a sweep came late by a period, and by half a second, after it
	 */
	public boolean hasStalledSince(long instant) {
		return this.stalledAt >= instant;
	}

	/**
	 * Add what is to be done at every sweep.
	 * @param sweep called on the event loop
	 */
	public void add(Sweep sweep) {
		// A listener may block the loop before it has answered a probe.
		if (this.eventLoop.inEventLoop()) {
			this.thread = Thread.currentThread();
		}
		this.sweeps.add(sweep);
	}

	/**
	 * Start sweeping. May be called on any thread.
	 */
	void start() {
		this.task = this.eventLoop.scheduleWithFixedDelay(this::tick, this.periodNanos, this.periodNanos,
				TimeUnit.NANOSECONDS);
	}

	/**
	 * Stop sweeping. May be called on any thread.
	 */
	void stop() {
		this.stopped = true;
		Future<?> task = this.task;
		if (task != null) {
			task.cancel(false);
		}
	}

	/**
	 * Ask the loop for a sign of life. May be called on any thread.
	 * @param answered called on the event loop
	 * @return {@code false} if the loop takes no tasks
	 */
	boolean probe(Runnable answered) {
		try {
			this.eventLoop.execute(() -> {
				this.thread = Thread.currentThread();
				answered.run();
			});
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	/**
	 * Return the thread that runs the loop. May be called on any thread.
	 * @return the thread, or {@code null} while nothing of ours has run on the loop
	 */
	@Nullable Thread thread() {
		return this.thread;
	}

	/**
	 * Return whether nothing is swept any more, though nobody has stopped it: the thread
	 * of the loop has ended, or there was no memory to schedule the next sweep. Its
	 * connections are lost. May be called on any thread.
	 * @return whether the sweeps have ended for good
	 */
	boolean hasEnded() {
		Future<?> task = this.task;
		return task != null && !this.stopped && !isShutDown() && (task.isDone() || this.eventLoop.isShuttingDown());
	}

	/**
	 * Return whether the loop was shut down with all others of its group. May be called
	 * on any thread.
	 * @return whether it is of no use any more to whoever made it
	 */
	boolean isShutDown() {
		EventExecutorGroup group = this.eventLoop.parent();
		return (group != null) ? group.isShuttingDown() : this.eventLoop.isShuttingDown();
	}

	/**
	 * Return the name of the thread that runs the loop. May be called on any thread.
	 * @return the name, or {@code not started} before it is known
	 */
	String name() {
		Thread thread = this.thread;
		return (thread != null) ? thread.getName() : "not started";
	}

	void tick() {
		this.thread = Thread.currentThread();
		long nanos = this.nanoTime.getAsLong();
		long elapsed = nanos - this.lastTickNanos;
		this.virtualNanos += creditable(elapsed);
		this.lastTickNanos = nanos;
		if (elapsed - this.periodNanos >= Math.max(this.periodNanos, STALL_NANOS)) {
			this.stalledAt = this.virtualNanos;
		}
		for (int i = 0; i < this.sweeps.size(); i++) {
			sweep(this.sweeps.get(i));
		}
	}

	// Whatever is thrown would end the periodic task, and with it every heartbeat of the
	// loop.
	private void sweep(Sweep sweep) {
		try {
			sweep.sweep(this.virtualNanos);
		}
		catch (Throwable ex) {
			failures.failed("A sweep of an event loop", ex);
		}
	}

	private long creditable(long elapsed) {
		return Math.min(elapsed, this.periodNanos + this.periodNanos / 2);
	}

	/**
	 * Something that is done for all connections of an event loop at once.
	 */
	@FunctionalInterface
	public interface Sweep {

		/**
		 * Called at every period, on the event loop. Must not block.
		 * @param now the present instant of the virtual clock, in nanoseconds
		 */
		void sweep(long now);

	}

}
