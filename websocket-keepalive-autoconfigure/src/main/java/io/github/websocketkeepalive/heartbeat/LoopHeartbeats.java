package io.github.websocketkeepalive.heartbeat;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.connection.ConnectionId;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopMonitor;
import io.github.websocketkeepalive.guard.SlowConsumers;
import io.github.websocketkeepalive.liveness.Evidence;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.task.TaskFailures;
import io.github.websocketkeepalive.transport.TcpEvidence;

/**
 * The heartbeats of one event loop: one array that a sweep walks, in place of a timer for
 * each connection. Confined to its event loop.
 */
final class LoopHeartbeats implements EventLoopMonitor.Sweep {

	private static final Logger logger = LoggerFactory.getLogger(LoopHeartbeats.class);

	private static final TaskFailures failures = new TaskFailures();

	private static final int MASS_MINIMUM = 50;

	private static final long STALL_OF_LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

	/**
	 * How many passes over all sockets a suspect is granted: with thousands of sockets
	 * ready, one pass of epoll does not reach them all.
	 */
	private static final int VERDICT_PASSES = 2;

	private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());

	private final Set<Heartbeat> suspects = new LinkedHashSet<>();

	private final SlowConsumers slowConsumers;

	private final Heartbeats.Options options;

	private final EventLoopMonitor monitor;

	private final ConnectionRegistry registry;

	private final TwoHeartbeatsDetector twoHeartbeats;

	private Heartbeat[] heartbeats = new Heartbeat[16];

	private long[] dueAt = new long[16];

	private int size;

	private int passesToVerdict;

	private boolean massSuspicion;

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
		return this.suspects.add(heartbeat);
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
		if (!this.suspects.isEmpty() && this.passesToVerdict == 0) {
			scheduleVerdicts();
			this.passesToVerdict = VERDICT_PASSES;
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
	private void scheduleVerdicts() {
		this.monitor.eventLoop().schedule(this::reachVerdicts, 1, TimeUnit.MILLISECONDS);
	}

	// Suspects that are not judged because of a failure are suspected by the next sweep.
	private void reachVerdicts() {
		try {
			if (this.passesToVerdict > 1) {
				scheduleVerdicts();
				this.passesToVerdict--;
				return;
			}
			judge();
		}
		catch (Throwable ex) {
			failures.failed("A verdict on silent peers", ex);
		}
		this.passesToVerdict = 0;
	}

	private void judge() {
		long now = now();
		List<Heartbeat> judged = List.copyOf(this.suspects);
		this.suspects.clear();
		List<Heartbeat> dying = judged.stream().filter((suspect) -> isCondemned(suspect, now)).toList();
		if (!dying.isEmpty()) {
			noteMassSuspicion(now);
			dying.forEach((heartbeat) -> executeSafely(heartbeat, now));
		}
	}

	private boolean isCondemned(Heartbeat suspect, long now) {
		try {
			return suspect.isCondemned(now);
		}
		catch (Throwable ex) {
			failures.failed("A verdict on a silent peer", ex);
			return false;
		}
	}

	// One that dies may end others: their application hears of it at once.
	private void executeSafely(Heartbeat heartbeat, long now) {
		try {
			if (heartbeat.isOpen()) {
				execute(heartbeat, now);
			}
		}
		catch (Throwable ex) {
			failures.failed("The end of a silent peer", ex);
		}
	}

	// Gives up whom nothing speaks for: a peer that fell silent while this loop stood
	// still, or together with most others, is granted one more interval.
	private void execute(Heartbeat heartbeat, long now) {
		if (heartbeat.isHeld()) {
			heartbeat.die(now);
		}
		else if (this.monitor.hasStalledSince(now - heartbeat.timeoutNanos())) {
			heartbeat.defer(now, HoldReason.LOCAL_STALL);
		}
		else if (this.massSuspicion) {
			heartbeat.defer(now, HoldReason.MASS_SUSPICION);
		}
		else {
			heartbeat.die(now);
		}
	}

	// Weighs those that leave a ping unanswered against those that have answered in the
	// meantime. Those that die in the same sweep would be too few: phases are spread.
	private void noteMassSuspicion(long now) {
		int silent = 0;
		int answered = 0;
		for (int i = 0; i < this.size; i++) {
			silent += this.heartbeats[i].isSilent(now) ? 1 : 0;
			answered += this.heartbeats[i].hasAnswered(now) ? 1 : 0;
		}
		boolean mass = silent >= MASS_MINIMUM && silent > answered;
		if (mass && !this.massSuspicion) {
			logger.warn("{} of {} connections of one event loop fell silent at once, {} answered: "
					+ "holding each for one more interval", silent, this.size, answered);
		}
		this.massSuspicion = mass;
	}

}
