package io.github.websocketkeepalive.liveness;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * Decides when the peer of one connection is pinged, held or given up.
 *
 * <p>
 * Pure code without a clock: it is told what happened and when, in nanoseconds of a clock
 * that does not run while the event loop is stalled. Not thread-safe: confined to the
 * event loop of its connection. Other threads may read {@link #liveness()} and
 * {@link #heldBy()}, which may then lag behind.
 */
@Internal
public final class LivenessTracker {

	private final LivenessPolicy policy;

	private long nextPingAt;

	/**
	 * Since when the phase lasts.
	 */
	private long since;

	/**
	 * Bytes received when a ping was last due or answered.
	 */
	private long mark;

	private Phase phase = Phase.QUIET;

	private @Nullable Hold hold;

	private @Nullable CloseDeadline closeDeadline;

	/**
	 * Create a tracker for a connection that has just opened.
	 * @param policy how often to ping and how long to wait
	 * @param now the present instant
	 * @param phase from 0 to 1, random: spreads the pings of connections opened together
	 */
	public LivenessTracker(LivenessPolicy policy, long now, double phase) {
		this.policy = policy;
		this.nextPingAt = policy.firstPingAt(now, phase);
	}

	/**
	 * Return what the peer is known to be.
	 * @return the liveness
	 */
	public Liveness liveness() {
		return (this.hold != null) ? Liveness.HELD : this.phase.liveness();
	}

	/**
	 * Return why a verdict is put off.
	 * @return the reason, or {@code null} when the connection is not held
	 */
	public @Nullable HoldReason heldBy() {
		Hold hold = this.hold;
		return (hold != null) ? hold.reason() : null;
	}

	/**
	 * Return whether the connection is closing.
	 * @return whether {@link #closing(long, long)} was called
	 */
	public boolean isClosing() {
		return this.phase == Phase.CLOSING;
	}

	/**
	 * Return whether the peer has left a ping unanswered for so long that most would have
	 * answered.
	 * @param now the present instant
	 * @return whether a quarter of the timeout is over
	 */
	public boolean isSilent(long now) {
		return this.phase == Phase.PING_FLUSHED && now - this.since >= this.policy.timeoutNanos() / 4;
	}

	/**
	 * Return whether the peer was asked of late and has given a sign of life.
	 * @param now the present instant
	 * @return whether it was asked at most one and a half timeouts ago, and did
	 */
	public boolean hasAnswered(long now) {
		long age = now - (this.nextPingAt - this.policy.intervalNanos());
		boolean asked = this.policy.mode() != PingMode.NEVER && age <= this.policy.timeoutNanos() * 3 / 2;
		return asked && this.phase == Phase.QUIET && this.hold == null;
	}

	/**
	 * Return what the decisions follow.
	 * @return the policy
	 */
	public LivenessPolicy policy() {
		return this.policy;
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
			case CLOSING, DEAD -> (this.closeDeadline != null) ? this.closeDeadline.dueAt() : Long.MIN_VALUE;
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
			case CLOSING, DEAD -> checkClosing(now, pending);
		};
	}

	/**
	 * Tell that the ping has left for the network, from when its deadline runs.
	 * @param now the present instant
	 * @param received bytes received over the whole life of the connection
	 */
	public void pingFlushed(long now, long received) {
		if (this.phase == Phase.PING_WRITTEN && received != this.mark) {
			alive();
		}
		else if (this.phase == Phase.PING_WRITTEN) {
			this.phase = Phase.PING_FLUSHED;
			this.since = now;
		}
	}

	/**
	 * Tell that the ping could not be written, for a reason on this side. The next one is
	 * due an interval later.
	 */
	public void pingFailed() {
		if (this.phase == Phase.PING_WRITTEN) {
			this.phase = Phase.QUIET;
		}
	}

	/**
	 * Tell that the peer has answered a ping.
	 * @param received bytes received over the whole life of the connection
	 */
	public void pongReceived(long received) {
		if (this.phase != Phase.CLOSING && this.phase != Phase.DEAD) {
			alive();
			this.mark = received;
		}
	}

	/**
	 * Judge a suspect, after everything that had arrived for the event loop was read.
	 * Nothing changes by {@link LivenessDecision#CLOSE}: it is for the caller to
	 * {@link #die(long)} or to {@link #defer(long, HoldReason)}.
	 * @param now the present instant
	 * @param received bytes received over the whole life of the connection
	 * @param reading whether what has arrived was read
	 * @param evidence what the transport knows
	 * @return {@link LivenessDecision#WAIT}, {@link LivenessDecision#HOLD} or
	 * {@link LivenessDecision#CLOSE}
	 */
	public LivenessDecision verdict(long now, long received, boolean reading, Evidence evidence) {
		boolean asked = this.phase != Phase.QUIET && this.phase != Phase.CLOSING && this.phase != Phase.DEAD;
		if (!asked || suspectAfterTimeout(now) == LivenessDecision.WAIT) {
			return LivenessDecision.WAIT;
		}
		if (received != this.mark) {
			alive();
			return LivenessDecision.WAIT;
		}
		HoldReason reason = evidence.reasonToHold(reading, this.phase == Phase.PING_FLUSHED, heldBy());
		return (reason != null) ? hold(now, reason, evidence) : LivenessDecision.CLOSE;
	}

	/**
	 * Put the verdict off by one interval, because what is known of this process or of
	 * other peers makes it doubtful.
	 * @param now the present instant
	 * @param reason why
	 */
	public void defer(long now, HoldReason reason) {
		this.hold = new Hold(reason, now);
		this.since = now - this.policy.timeoutNanos() + this.policy.intervalNanos();
	}

	/**
	 * Give the peer up.
	 * @param now the present instant
	 * @return the hold in which the connection died, or {@code null} if it was not held
	 */
	public @Nullable HoldReason die(long now) {
		HoldReason reason = heldBy();
		end(Phase.DEAD, now, 0);
		return reason;
	}

	/**
	 * Tell that a Close frame was written, after which there are no more pings.
	 * @param now the present instant
	 * @param pending bytes written that the transport has not taken yet
	 */
	public void closing(long now, long pending) {
		if (this.phase != Phase.CLOSING && this.phase != Phase.DEAD) {
			end(Phase.CLOSING, now, pending);
		}
	}

	private void end(Phase phase, long now, long pending) {
		this.phase = phase;
		this.hold = null;
		this.closeDeadline = new CloseDeadline(this.policy, now, pending);
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
		this.nextPingAt = this.policy.nextPingAt(this.nextPingAt, now);
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
		alive();
		return (now >= this.nextPingAt) ? pingUnlessHeard(now, received, writable) : LivenessDecision.WAIT;
	}

	private LivenessDecision suspectAfterTimeout(long now) {
		return (now - this.since >= this.policy.timeoutNanos()) ? LivenessDecision.SUSPECT : LivenessDecision.WAIT;
	}

	private LivenessDecision checkClosing(long now, long pending) {
		LivenessDecision decision = (this.closeDeadline != null) ? this.closeDeadline.check(now, pending)
				: LivenessDecision.RESET;
		if (decision == LivenessDecision.RESET) {
			this.phase = Phase.DEAD;
		}
		return decision;
	}

	private LivenessDecision hold(long now, HoldReason reason, Evidence evidence) {
		long heldSince = (this.hold == null || evidence.isProgress(reason)) ? now : this.hold.since();
		this.hold = new Hold(reason, heldSince);
		if (now - heldSince >= this.policy.heldLimitNanos()) {
			return LivenessDecision.CLOSE;
		}
		this.since = now;
		if (this.phase == Phase.PING_FLUSHED) {
			this.phase = Phase.QUIET;
		}
		return LivenessDecision.HOLD;
	}

	private void alive() {
		this.phase = Phase.QUIET;
		this.hold = null;
	}

	private boolean heard(long received) {
		if (received == this.mark) {
			return false;
		}
		this.hold = null;
		this.mark = received;
		return true;
	}

	private record Hold(HoldReason reason, long since) {
	}

}
