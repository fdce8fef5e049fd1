package io.github.websocketkeepalive.heartbeat;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopMonitor;

/**
 * The heartbeats of one event loop: one array that a sweep walks, in place of a timer for
 * each connection. Confined to its event loop.
 */
final class LoopHeartbeats implements EventLoopMonitor.Sweep {

	private static final Logger logger = LoggerFactory.getLogger(LoopHeartbeats.class);

	private static final int MASS_MINIMUM = 50;

	/**
	 * How many passes over all sockets a suspect is granted: with thousands of sockets
	 * ready, one pass of epoll does not reach them all.
	 */
	private static final int VERDICT_PASSES = 2;

	private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());

	private final List<HeartbeatHandler> suspects = new ArrayList<>();

	private final List<HeartbeatHandler> dying = new ArrayList<>();

	private final EventLoopMonitor monitor;

	private final ConnectionRegistry registry;

	private HeartbeatHandler[] handlers = new HeartbeatHandler[16];

	private long[] dueAt = new long[16];

	private int size;

	private int passesToVerdict;

	LoopHeartbeats(EventLoopMonitor monitor, ConnectionRegistry registry) {
		this.monitor = monitor;
		this.registry = registry;
	}

	ConnectionRegistry registry() {
		return this.registry;
	}

	SplittableRandom random() {
		return this.random;
	}

	long now() {
		return this.monitor.now();
	}

	int add(HeartbeatHandler handler, long due) {
		if (this.size == this.handlers.length) {
			int capacity = this.size + (this.size >> 1);
			this.handlers = Arrays.copyOf(this.handlers, capacity);
			this.dueAt = Arrays.copyOf(this.dueAt, capacity);
		}
		this.handlers[this.size] = handler;
		this.dueAt[this.size] = due;
		return this.size++;
	}

	void reschedule(int index, long due) {
		this.dueAt[index] = due;
	}

	@SuppressWarnings("NullAway") // a slot beyond the size is never read
	void remove(int index) {
		int last = --this.size;
		HeartbeatHandler moved = this.handlers[last];
		this.handlers[index] = moved;
		this.dueAt[index] = this.dueAt[last];
		this.handlers[last] = null;
		moved.movedTo(index);
	}

	void suspect(HeartbeatHandler handler) {
		this.suspects.add(handler);
	}

	/**
	 * Walks downwards, because a connection may end by its own sweep, and so may others
	 * when a listener ends them: the last one then moves into the gap.
	 */
	@Override
	public void sweep(long now) {
		for (int i = this.size - 1; i >= 0; i--) {
			if (i < this.size && this.dueAt[i] <= now) {
				this.handlers[i].sweep(now);
			}
		}
		if (!this.suspects.isEmpty() && this.passesToVerdict == 0) {
			this.passesToVerdict = VERDICT_PASSES;
			scheduleVerdicts();
		}
	}

	/**
	 * Schedules rather than executes: a timer set now can run only after the event loop
	 * has read its sockets once more, a task could run before.
	 */
	private void scheduleVerdicts() {
		this.monitor.eventLoop().schedule(this::reachVerdicts, 1, TimeUnit.MILLISECONDS);
	}

	private void reachVerdicts() {
		if (--this.passesToVerdict > 0) {
			scheduleVerdicts();
			return;
		}
		long now = now();
		int fresh = 0;
		for (HeartbeatHandler suspect : this.suspects) {
			if (suspect.isCondemned(now)) {
				this.dying.add(suspect);
				fresh += suspect.isDeferred() ? 0 : 1;
			}
		}
		boolean mass = fresh >= MASS_MINIMUM && fresh > this.size / 2;
		if (mass) {
			logger.warn("{} of {} connections of {} fell silent at once; holding them for one more interval", fresh,
					this.size, this.monitor.eventLoop());
		}
		for (HeartbeatHandler handler : this.dying) {
			if (mass && !handler.isDeferred()) {
				handler.defer(now);
			}
			else {
				handler.die(now);
			}
		}
		this.suspects.clear();
		this.dying.clear();
	}

}
