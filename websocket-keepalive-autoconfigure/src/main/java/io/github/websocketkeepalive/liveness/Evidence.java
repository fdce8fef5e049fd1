package io.github.websocketkeepalive.liveness;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * What the transport knows about a peer from which no byte has arrived.
 */
@Internal
public enum Evidence {

	/**
	 * The transport tells nothing.
	 */
	UNKNOWN,

	/**
	 * The peer's host has taken everything that was written, so the ping too.
	 */
	DELIVERED,

	/**
	 * The peer's host is still taking what was written, and has taken some of it since
	 * the last look.
	 */
	DELIVERING,

	/**
	 * The peer's host has not taken everything that was written, and none of it since the
	 * last look.
	 */
	STUCK,

	/**
	 * What was written is being retransmitted and nothing of it is acknowledged.
	 */
	LOST,

	/**
	 * Bytes of the peer have arrived at this host since the last look, unread.
	 */
	RECEIVING;

	@Nullable HoldReason reasonToHold(boolean reading, boolean pingFlushed, @Nullable HoldReason heldBy) {
		if (this == LOST) {
			return null;
		}
		if (!reading) {
			return HoldReason.BACKPRESSURE;
		}
		if (this == RECEIVING) {
			return HoldReason.LOCAL_STALL;
		}
		boolean undelivered = !pingFlushed || this == DELIVERING || this == STUCK || heldBy == HoldReason.SLOW_PEER;
		return undelivered ? HoldReason.SLOW_PEER : null;
	}

	boolean isProgress(HoldReason heldBy) {
		return this == DELIVERING || this == RECEIVING || (this == DELIVERED && heldBy == HoldReason.BACKPRESSURE);
	}

}
