package io.github.websocketkeepalive.admission;

import java.net.SocketAddress;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.admission.limit.ClientAddress;
import io.github.websocketkeepalive.admission.limit.ConnectionSlots;

/**
 * What came of one handshake at the gate: the slot that it has, or why it was refused.
 * The slot is given back once, on whatever path the handshake ends, or passes to the
 * connection. Confined to the event loop of the handshake.
 */
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
	 * Pass the slot to a connection, which gives it back when it closes.
	 * @param remoteAddress the address of the connection, which may be another one than
	 * that of the handshake
	 */
	public void passTo(@Nullable SocketAddress remoteAddress) {
		if (this.slots != null) {
			String remote = ClientAddress.of(remoteAddress);
			if (!Objects.equals(remote, this.address)) {
				this.slots.move(this.address, remote);
			}
			this.slots = null;
		}
	}

}
