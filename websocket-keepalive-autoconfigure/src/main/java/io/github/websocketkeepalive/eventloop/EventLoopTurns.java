package io.github.websocketkeepalive.eventloop;

import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.channel.EventLoop;
import reactor.util.concurrent.Queues;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.task.TaskFailures;

/**
 * Runs tasks on an event loop for a millisecond at a time, and lets it serve its sockets
 * in between. Tasks that another thread executes come before the sockets, for up to a
 * second by default ({@code io.netty.eventLoop.maxTaskProcessingQuantumMs}), and one
 * packet can ask for a hundred opening handshakes: either would keep the event loop from
 * all its connections for so long. Thread-safe.
 */
@Internal
public final class EventLoopTurns implements Executor {

	/**
	 * Time after which the sockets are served, though more tasks wait.
	 */
	static final long QUANTUM_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private static final TaskFailures failures = new TaskFailures();

	private final Queue<Runnable> turns = Queues.<Runnable>unboundedMultiproducer().get();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final EventLoop eventLoop;

	private final String purpose;

	private final Runnable scheduleBehindSockets = this::scheduleBehindSockets;

	private final Runnable take = this::take;

	/**
	 * Create the turns of an event loop.
	 * @param eventLoop the event loop
	 * @param purpose what the tasks do, to be logged when one of them fails
	 */
	public EventLoopTurns(EventLoop eventLoop, String purpose) {
		this.purpose = purpose;
		this.eventLoop = eventLoop;
	}

	/**
	 * Run something on the event loop, behind its sockets. May be called on any thread.
	 * @param turn what to run
	 * @throws java.util.concurrent.RejectedExecutionException if the event loop has ended
	 */
	@Override
	public void execute(Runnable turn) {
		this.turns.offer(turn);
		schedule();
	}

	private void schedule() {
		if (!this.scheduled.getAndSet(true)) {
			scheduleBehindSockets();
		}
	}

	// Only a thread of the event loop can: what another one schedules for now is executed
	// as a task. If there is no room or memory for that, whoever comes next tries again.
	private void scheduleBehindSockets() {
		try {
			if (this.eventLoop.inEventLoop()) {
				this.eventLoop.schedule(this.take, 0, TimeUnit.NANOSECONDS);
			}
			else {
				this.eventLoop.execute(this.scheduleBehindSockets);
			}
		}
		catch (RuntimeException | Error ex) {
			this.scheduled.set(false);
			throw ex;
		}
	}

	private void take() {
		long start = System.nanoTime();
		Runnable turn = this.turns.poll();
		while (turn != null) {
			run(turn);
			turn = (System.nanoTime() - start < QUANTUM_NANOS) ? this.turns.poll() : null;
		}
		this.scheduled.set(false);
		if (!this.turns.isEmpty()) {
			schedule();
		}
	}

	private void run(Runnable turn) {
		try {
			turn.run();
		}
		catch (Throwable ex) {
			failures.failed(this.purpose, ex);
		}
	}

}
