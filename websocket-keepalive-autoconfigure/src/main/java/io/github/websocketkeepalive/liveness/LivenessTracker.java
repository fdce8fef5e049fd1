package io.github.websocketkeepalive.liveness;

import org.jspecify.annotations.Nullable;

/**
 * Decides when the peer of one connection is pinged, held or given up.
 *
 * <p>
 * Pure code without a clock: it is told what happened and when, in nanoseconds of a clock
 * that does not run while the event loop is stalled. Not thread-safe: confined to the
 * event loop of its connection. Other threads may read {@link #liveness()} and
 * {@link #heldBy()}, which may then lag behind.
 */
public final class LivenessTracker {

	private final LivenessPolicy policy;

	private long nextPingAt;

	/**
	 * Since when the phase lasts.
	 */
	private long since;

	/**
	 * Bytes received, or bytes pending while closing, when last looked at.
	 */
	private long mark;

	private long heldSince;

	private Phase phase = Phase.QUIET;

	private @Nullable HoldReason heldBy;

	/**
	 * Create a tracker for a connection that has just opened.
	 * @param policy how often to ping and how long to wait
	 * @param now the present instant
	 * @param phase a random number from 0 (inclusive) to 1 (exclusive) that spreads the
	 * first pings of connections opened together over half an interval
	 */
	public LivenessTracker(LivenessPolicy policy, long now, double phase) {
		this.policy = policy;
		this.nextPingAt = (policy.mode() != PingMode.NEVER)
				? now + policy.intervalNanos() / 2 + (long) (policy.intervalNanos() / 2 * phase) : Long.MAX_VALUE;
	}

	/**
	 * Return what the peer is known to be.
	 * @return the liveness
	 */
	public Liveness liveness() {
		if (this.phase == Phase.DEAD) {
			return Liveness.DEAD;
		}
		if (this.heldBy != null) {
			return Liveness.HELD;
		}
		return (this.phase == Phase.PING_WRITTEN || this.phase == Phase.PING_FLUSHED) ? Liveness.AWAITING_PONG
				: Liveness.ALIVE;
	}

	/**
	 * Return why a verdict is put off.
	 * @return the reason, or {@code null} when the connection is not held
	 */
	public @Nullable HoldReason heldBy() {
		return this.heldBy;
	}

	/**
	 * Return whether the connection is closing.
	 * @return whether {@link #closing(long, long)} was called
	 */
	public boolean isClosing() {
		return this.phase == Phase.CLOSING;
	}

	/**
	 * Return when {@link #check} is to be called next, if nothing happens before.
	 * @return the instant
	 */
	public long dueAt() {
		return switch (this.phase) {
			case QUIET -> this.nextPingAt;
			case BLOCKED -> Long.MIN_VALUE;
			case PING_WRITTEN -> this.since + this.policy.timeoutNanos();
			case PING_FLUSHED -> Math.min(this.since + this.policy.timeoutNanos(), this.nextPingAt);
			case CLOSING, DEAD -> this.since + this.policy.closeTimeoutNanos();
		};
	}

	/**
	 * Decide what is to be done now.
	 * @param now the present instant
	 * @param received bytes received over the whole life of the connection
	 * @param writable whether a ping can be written
	 * @param pending bytes written that the transport has not taken yet
	 * @return any decision but {@link LivenessDecision#CLOSE}
	 */
	public LivenessDecision check(long now, long received, boolean writable, long pending) {
		return switch (this.phase) {
			case QUIET -> (now >= this.nextPingAt) ? pingUnlessHeard(now, received, writable) : LivenessDecision.WAIT;
			case BLOCKED -> checkBlocked(now, received, writable);
			case PING_WRITTEN, PING_FLUSHED -> checkAwaiting(now, received, writable);
			case CLOSING -> checkClosing(now, pending);
			case DEAD -> (now >= dueAt()) ? LivenessDecision.RESET : LivenessDecision.WAIT;
		};
	}

	/**
	 * Tell that the ping has left for the network, from when its deadline runs.
	 * @param now the present instant
	 * @param received bytes received over the whole life of the connection
	 */
	public void pingFlushed(long now, long received) {
		if (this.phase == Phase.PING_WRITTEN) {
			if (received != this.mark) {
				alive(received);
				return;
			}
			this.phase = Phase.PING_FLUSHED;
			this.since = now;
		}
	}

	/**
	 * Tell that the peer has answered a ping.
	 * @param received bytes received over the whole life of the connection
	 */
	public void pongReceived(long received) {
		if (this.phase != Phase.CLOSING && this.phase != Phase.DEAD) {
			alive(received);
		}
	}

	/**
	 * Judge a suspect, after everything that had arrived for the event loop was read.
	 * Nothing changes by {@link LivenessDecision#CLOSE}: it is for the caller to
	 * {@link #die(long)} or to {@link #defer(long)}.
	 * @param now the present instant
	 * @param received bytes received over the whole life of the connection
	 * @param reading whether what has arrived was read
	 * @param evidence what the transport knows
	 * @return {@link LivenessDecision#WAIT}, {@link LivenessDecision#HOLD} or
	 * {@link LivenessDecision#CLOSE}
	 */
	public LivenessDecision verdict(long now, long received, boolean reading, Evidence evidence) {
		if (this.phase == Phase.QUIET || this.phase == Phase.CLOSING || this.phase == Phase.DEAD) {
			return LivenessDecision.WAIT;
		}
		if (received != this.mark) {
			alive(received);
			return LivenessDecision.WAIT;
		}
		if (evidence == Evidence.LOST) {
			this.heldBy = HoldReason.SLOW_PEER;
			return LivenessDecision.CLOSE;
		}
		HoldReason reason = reasonToHold(reading, evidence);
		return (reason != null) ? hold(now, reason, evidence) : LivenessDecision.CLOSE;
	}

	/**
	 * Put the verdict off by one interval, because too many fell silent at once.
	 * @param now the present instant
	 */
	public void defer(long now) {
		this.heldBy = HoldReason.MASS_SUSPICION;
		this.since = now - this.policy.timeoutNanos() + this.policy.intervalNanos();
	}

	/**
	 * Give the peer up.
	 * @param now the present instant
	 * @return the hold in which the connection died, or {@code null} if it was not held
	 */
	public @Nullable HoldReason die(long now) {
		HoldReason reason = this.heldBy;
		this.phase = Phase.DEAD;
		this.heldBy = null;
		this.since = now;
		return reason;
	}

	/**
	 * Tell that a Close frame was written, after which there are no more pings.
	 * @param now the present instant
	 * @param pending bytes written that the transport has not taken yet
	 */
	public void closing(long now, long pending) {
		if (this.phase != Phase.CLOSING && this.phase != Phase.DEAD) {
			this.phase = Phase.CLOSING;
			this.heldBy = null;
			this.since = now;
			this.heldSince = now;
			this.mark = pending;
		}
	}

	private LivenessDecision pingUnlessHeard(long now, long received, boolean writable) {
		if (heard(received) && this.policy.mode() == PingMode.WHEN_IDLE) {
			this.nextPingAt = now + this.policy.intervalNanos();
			return LivenessDecision.WAIT;
		}
		this.since = now;
		if (!writable) {
			this.phase = Phase.BLOCKED;
			return LivenessDecision.WAIT;
		}
		return ping(now);
	}

	private LivenessDecision ping(long now) {
		this.phase = Phase.PING_WRITTEN;
		this.since = now;
		this.nextPingAt += this.policy.intervalNanos();
		if (this.nextPingAt <= now) {
			this.nextPingAt = now + this.policy.intervalNanos();
		}
		return LivenessDecision.SEND_PING;
	}

	private LivenessDecision checkBlocked(long now, long received, boolean writable) {
		if (heard(received)) {
			this.since = now;
		}
		return writable ? ping(now) : suspectAfterTimeout(now);
	}

	private LivenessDecision checkAwaiting(long now, long received, boolean writable) {
		if (received == this.mark) {
			return suspectAfterTimeout(now);
		}
		alive(received);
		return (now >= this.nextPingAt) ? pingUnlessHeard(now, received, writable) : LivenessDecision.WAIT;
	}

	private LivenessDecision suspectAfterTimeout(long now) {
		return (now - this.since >= this.policy.timeoutNanos()) ? LivenessDecision.SUSPECT : LivenessDecision.WAIT;
	}

	private LivenessDecision checkClosing(long now, long pending) {
		if (now - this.since < this.policy.closeTimeoutNanos()) {
			return LivenessDecision.WAIT;
		}
		if (pending < this.mark && now - this.heldSince < this.policy.heldLimitNanos()) {
			this.mark = pending;
			this.since = now;
			return LivenessDecision.WAIT;
		}
		this.phase = Phase.DEAD;
		return LivenessDecision.RESET;
	}

	private @Nullable HoldReason reasonToHold(boolean reading, Evidence evidence) {
		if (!reading) {
			return HoldReason.BACKPRESSURE;
		}
		boolean undelivered = this.phase != Phase.PING_FLUSHED || evidence == Evidence.DELIVERING
				|| evidence == Evidence.STUCK || this.heldBy == HoldReason.SLOW_PEER;
		return undelivered ? HoldReason.SLOW_PEER : null;
	}

	private LivenessDecision hold(long now, HoldReason reason, Evidence evidence) {
		boolean progress = evidence == Evidence.DELIVERING || evidence == Evidence.RECEIVING;
		if (this.heldBy == null || progress) {
			this.heldSince = now;
		}
		this.heldBy = reason;
		if (now - this.heldSince >= this.policy.heldLimitNanos()) {
			return LivenessDecision.CLOSE;
		}
		this.since = now;
		if (this.phase == Phase.PING_FLUSHED) {
			this.phase = Phase.QUIET;
		}
		return LivenessDecision.HOLD;
	}

	private void alive(long received) {
		this.phase = Phase.QUIET;
		this.heldBy = null;
		this.mark = received;
	}

	private boolean heard(long received) {
		if (received == this.mark) {
			return false;
		}
		this.heldBy = null;
		this.mark = received;
		return true;
	}

}
