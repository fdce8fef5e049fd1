package io.github.websocketkeepalive.drain;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.ManagedConnection;
import io.github.websocketkeepalive.task.TaskFailures;

/**
 * One drain from its start on. Has no clock and no thread of its own: it is told the
 * time, and not by two threads at once.
 */
final class DrainRun {

	private static final Logger logger = LoggerFactory.getLogger(DrainRun.class);

	private static final TaskFailures failures = new TaskFailures();

	private static final long TICK_NANOS = Duration.ofMillis(10).toNanos();

	/**
	 * How long the event loops may take for the resets.
	 */
	private static final long RESETS_NANOS = Duration.ofMillis(500).toNanos();

	private static final long WATCH_NANOS = Duration.ofSeconds(1).toNanos();

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private final Random random = new Random();

	private final ConnectionRegistry registry;

	private final DrainPolicy policy;

	private final ReturnDelays returnDelays;

	private final long connections;

	private final long startedAt;

	private long windowOpenedAt;

	private @Nullable DrainPlan<ManagedConnection> plan;

	private boolean windowClosed;

	private boolean leftoversReset;

	private long unanswered;

	/**
	 * Create a drain.
	 * @param registry the connections
	 * @param policy when they close
	 * @param returnDelays when each may come back
	 * @param now the present instant in nanoseconds
	 */
	DrainRun(ConnectionRegistry registry, DrainPolicy policy, ReturnDelays returnDelays, long now) {
		this.registry = registry;
		this.policy = policy;
		this.returnDelays = returnDelays;
		this.connections = registry.served().count();
		this.startedAt = now;
	}

	/**
	 * Return how many connections there were.
	 * @return the number at the start
	 */
	long connections() {
		return this.connections;
	}

	/**
	 * Return the end of the drain.
	 * @return completes when no connection is left, or an event loop does not come to
	 * reset the last ones
	 */
	CompletableFuture<Void> ended() {
		return this.ended;
	}

	/**
	 * Return how long this drain may still take. May be called by any thread.
	 * @param now the present instant in nanoseconds
	 * @return the time that is left, zero once it has ended or should have
	 */
	Duration left(long now) {
		Duration left = this.policy.longest().minusNanos(now - this.startedAt);
		return (this.ended.isDone() || left.isNegative()) ? Duration.ZERO : left;
	}

	/**
	 * Do what is due.
	 * @param now the present instant in nanoseconds
	 * @return after how many nanoseconds to call again
	 */
	long tick(long now) {
		if (this.ended.isDone()) {
			close(unclosed());
			return WATCH_NANOS;
		}
		if (this.registry.served().findAny().isEmpty()) {
			end();
			return WATCH_NANOS;
		}
		if (now - this.startedAt >= this.policy.grace().toNanos()) {
			empty(now);
		}
		return TICK_NANOS;
	}

	private void empty(long now) {
		if (this.plan == null) {
			this.plan = new DrainPlan<>(this.registry.served().toList(), this.policy.window(), this.random);
			this.windowOpenedAt = now;
		}
		long elapsed = now - this.windowOpenedAt;
		close(this.plan.due(elapsed));
		long afterWindow = elapsed - this.policy.window().toNanos();
		if (afterWindow >= TICK_NANOS && !this.windowClosed) {
			this.windowClosed = true;
			close(unclosed());
		}
		long afterAnswers = afterWindow - DrainPolicy.LAST_ANSWERS.toNanos();
		if (afterAnswers >= 0 && !this.leftoversReset) {
			this.leftoversReset = true;
			List<ManagedConnection> leftovers = this.registry.served().toList();
			this.unanswered = leftovers.stream().filter((connection) -> !connection.hasAnsweredClose()).count();
			leftovers.forEach(DrainRun::reset);
		}
		if (afterAnswers >= RESETS_NANOS) {
			end();
		}
	}

	// Also those that have come since the plan was made, whose handshake was under way.
	private List<ManagedConnection> unclosed() {
		return this.registry.served().filter((connection) -> !connection.isClosing()).toList();
	}

	private void close(List<ManagedConnection> connections) {
		connections.forEach(this::close);
	}

	// One that fails keeps no other open. It is not closing, so it is closed again later.
	private void close(ManagedConnection connection) {
		try {
			connection.close(CloseCause.DRAIN, this.policy.closeCode(),
					"reconnect-after=" + this.returnDelays.nextMillis(this.connections));
		}
		catch (Throwable ex) {
			failures.failed("The close of a connection", ex);
		}
	}

	private static void reset(ManagedConnection connection) {
		try {
			connection.reset(CloseCause.DRAIN);
		}
		catch (Throwable ex) {
			failures.failed("The reset of a connection", ex);
		}
	}

	private void end() {
		if (this.connections > 0) {
			logger.info("Drained {} WebSockets: {} did not answer and were reset", this.connections, this.unanswered);
		}
		this.ended.complete(null);
	}

}
