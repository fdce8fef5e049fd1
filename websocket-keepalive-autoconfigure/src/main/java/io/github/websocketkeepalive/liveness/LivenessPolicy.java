package io.github.websocketkeepalive.liveness;

import java.time.Duration;

/**
 * How often a peer is asked for a sign of life, and how long it may take to give one.
 *
 * @param mode when the peer is pinged
 * @param intervalNanos nanoseconds from one ping to the next
 * @param timeoutNanos nanoseconds that a peer may stay silent once a ping was flushed
 * @param closeTimeoutNanos nanoseconds that a closing connection may go without progress
 * @param heldLimitNanos nanoseconds for which a verdict may be put off
 */
public record LivenessPolicy(PingMode mode, long intervalNanos, long timeoutNanos, long closeTimeoutNanos,
		long heldLimitNanos) {

	public LivenessPolicy {
		requirePositive("interval", intervalNanos);
		requirePositive("timeout", timeoutNanos);
		requirePositive("closeTimeout", closeTimeoutNanos);
		requirePositive("heldLimit", heldLimitNanos);
	}

	/**
	 * Create a policy from durations.
	 * @param mode when the peer is pinged
	 * @param interval from one ping to the next
	 * @param timeout how long a peer may stay silent once a ping was flushed
	 * @param closeTimeout how long a closing connection may go without progress
	 * @param heldLimit for how long a verdict may be put off
	 * @return the policy
	 * @throws IllegalArgumentException if a duration is not positive
	 */
	public static LivenessPolicy of(PingMode mode, Duration interval, Duration timeout, Duration closeTimeout,
			Duration heldLimit) {
		return new LivenessPolicy(mode, interval.toNanos(), timeout.toNanos(), closeTimeout.toNanos(),
				heldLimit.toNanos());
	}

	/**
	 * Return the shortest of the interval and the timeouts, on which the precision of a
	 * sweep depends.
	 * @return the shortest period, in nanoseconds
	 */
	public long shortestNanos() {
		return Math.min(this.closeTimeoutNanos, Math.min(this.intervalNanos, this.timeoutNanos));
	}

	long firstPingAt(long now, double phase) {
		long half = this.intervalNanos / 2;
		return (this.mode != PingMode.NEVER) ? now + half + (long) (half * phase) : Long.MAX_VALUE;
	}

	long nextPingAt(long lastPingAt, long now) {
		long next = lastPingAt + this.intervalNanos;
		return (next > now) ? next : now + this.intervalNanos;
	}

	private static void requirePositive(String name, long nanos) {
		if (nanos <= 0) {
			throw new IllegalArgumentException(name + " must be positive");
		}
	}

}
