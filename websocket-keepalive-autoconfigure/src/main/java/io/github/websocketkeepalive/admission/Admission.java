package io.github.websocketkeepalive.admission;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * What came of one handshake at the gate: the slot that it has, or why it was refused.
 * The slot is given back once, on whatever path the handshake ends, or passes to the
 * connection. Confined to the event loop of the handshake.
 */
@Internal
public final class Admission {

	private final AdmissionDecision decision;

	private @Nullable ConnectionSlots slots;

	private @Nullable String address;

	Admission(AdmissionDecision decision, @Nullable ConnectionSlots slots, @Nullable String address) {
		this.decision = decision;
		this.slots = slots;
		this.address = address;
	}

	/**
	 * Return the decision.
	 * @return whether the handshake may go on
	 */
	public AdmissionDecision decision() {
		return this.decision;
	}

	/**
	 * Give the slot back, unless the handshake has none any more.
	 */
	public void release() {
		if (this.slots != null) {
			this.slots.release(this.address);
			this.slots = null;
		}
	}

	/**
	 * Pass the slot to the connection, which has the address of the handshake, and gives
	 * it back when it closes.
	 */
	public void pass() {
		this.slots = null;
	}

}
