package io.github.websocketkeepalive.heartbeat;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.connection.ConnectionId;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopMonitor;
import io.github.websocketkeepalive.guard.SlowConsumers;
import io.github.websocketkeepalive.liveness.Evidence;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.liveness.SuspectRound;
import io.github.websocketkeepalive.task.TaskFailures;
import io.github.websocketkeepalive.transport.TcpEvidence;

/**
 * The heartbeats of one event loop: one array that a sweep walks, in place of a timer for
 * each connection. Confined to its event loop.
 */
final class LoopHeartbeats implements EventLoopMonitor.Sweep, SuspectRound.Loop {

	private static final Logger logger = LoggerFactory.getLogger(LoopHeartbeats.class);

	private static final TaskFailures failures = new TaskFailures();

	private static final long STALL_OF_LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());

	private final SuspectRound round = new SuspectRound(this);

	private final SlowConsumers slowConsumers;

	private final Heartbeats.Options options;

	private final EventLoopMonitor monitor;

	private final ConnectionRegistry registry;

	private final TwoHeartbeatsDetector twoHeartbeats;

	private Heartbeat[] heartbeats = new Heartbeat[16];

	private long[] dueAt = new long[16];

	private int size;

	private String sessionId = "";

	private String id = "";

	LoopHeartbeats(EventLoopMonitor monitor, ConnectionRegistry registry, Heartbeats.Options options,
			TwoHeartbeatsDetector twoHeartbeats) {
		this.slowConsumers = new SlowConsumers(options.guard());
		this.options = options;
		this.monitor = monitor;
		this.registry = registry;
		this.twoHeartbeats = twoHeartbeats;
	}

	Heartbeats.Options options() {
		return this.options;
	}

	ConnectionRegistry registry() {
		return this.registry;
	}

	TwoHeartbeatsDetector twoHeartbeats() {
		return this.twoHeartbeats;
	}

	SplittableRandom random() {
		return this.random;
	}

	long now() {
		return this.monitor.now();
	}

	boolean hasStalledOfLate() {
		return this.monitor.hasStalledSince(now() - STALL_OF_LATE_NANOS);
	}

	void blocked(HeartbeatConnection connection) {
		TcpEvidence evidence = new TcpEvidence();
		this.slowConsumers.add(connection, connection.channel(), () -> evidence.look(connection.channel(),
				this.options.guard().slowConsumerTimeoutNanos()) == Evidence.DELIVERING);
	}

	/**
	 * Return the id of a connection, which is made only when another connection was asked
	 * for in between: events come in bursts.
	 * @param sessionId the id of its session
	 * @return its id
	 */
	String idOf(String sessionId) {
		if (!this.sessionId.equals(sessionId)) {
			this.id = ConnectionId.of(sessionId);
			this.sessionId = sessionId;
		}
		return this.id;
	}

	int add(Heartbeat heartbeat, long due) {
		if (this.size == this.heartbeats.length) {
			int capacity = this.size + (this.size >> 1);
			this.heartbeats = Arrays.copyOf(this.heartbeats, capacity);
			this.dueAt = Arrays.copyOf(this.dueAt, capacity);
		}
		this.heartbeats[this.size] = heartbeat;
		this.dueAt[this.size] = due;
		return this.size++;
	}

	void reschedule(int index, long due) {
		this.dueAt[index] = due;
	}

	@SuppressWarnings("NullAway") // a slot beyond the size is never read
	void remove(int index) {
		int last = --this.size;
		Heartbeat moved = this.heartbeats[last];
		this.heartbeats[index] = moved;
		this.dueAt[index] = this.dueAt[last];
		this.heartbeats[last] = null;
		moved.movedTo(index);
	}

	/**
	 * Have a heartbeat judged soon.
	 * @param heartbeat the heartbeat
	 * @return {@code false} if it is a suspect already
	 */
	boolean suspect(Heartbeat heartbeat) {
		return this.round.add(heartbeat);
	}

	/**
	 * Walks downwards, because a connection may end by its own sweep, and so may others
	 * when a listener ends them: the last one then moves into the gap.
	 */
	@Override
	public void sweep(long now) {
		for (int i = this.size - 1; i >= 0; i--) {
			sweepSafely(i, now);
		}
		this.slowConsumers.sweep(now);
		if (this.round.isDue()) {
			schedulePass();
			this.round.begin();
		}
	}

	// One that fails keeps no other from its turn.
	private void sweepSafely(int index, long now) {
		try {
			if (index < this.size && this.dueAt[index] <= now) {
				this.heartbeats[index].sweep(now);
			}
			if (index < this.size && this.options.guard().limitsAge()) {
				this.heartbeats[index].endIfTooOld();
			}
		}
		catch (Throwable ex) {
			failures.failed("A sweep of a heartbeat", ex);
		}
	}

	/**
	 * Schedules rather than executes: a timer set now can run only after the event loop
	 * has read its sockets once more, a task could run before.
	 */
	private void schedulePass() {
		this.monitor.eventLoop().schedule(this::passed, 1, TimeUnit.MILLISECONDS);
	}

	// Suspects that are not judged because of a failure are suspected by the next sweep.
	private void passed() {
		try {
			if (this.round.passed()) {
				schedulePass();
				return;
			}
			this.round.judge(now());
		}
		catch (Throwable ex) {
			failures.failed("A verdict on silent peers", ex);
		}
		this.round.end();
	}

	@Override
	public boolean hasStalledSince(long instant) {
		return this.monitor.hasStalledSince(instant);
	}

	@Override
	public Stream<LivenessTracker> trackers() {
		return Arrays.stream(this.heartbeats, 0, this.size).map(Heartbeat::tracker);
	}

	@Override
	public void fellSilentTogether(int silent, int answered) {
		logger.warn("{} of {} connections of one event loop fell silent at once, {} answered: "
				+ "holding each for one more interval", silent, this.size, answered);
	}

	@Override
	public void failed(String task, Throwable failure) {
		failures.failed(task, failure);
	}

}
