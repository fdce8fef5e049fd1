package io.github.websocketkeepalive.server;

import java.time.Duration;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionPolicies;

/**
 * What decides on the handshakes of a server.
 *
 * @param gate the built-in limits
 * @param policies the policies of the application
 * @param requests describes requests for both
 * @param timeout how long the headers of the first request of a connection may take, zero
 * for ever
 */
public record HandshakeAdmission(AdmissionGate gate, AdmissionPolicies policies, HandshakeRequests requests,
		Duration timeout) {

	/**
	 * Return what decides on the handshakes of a server of which is known whether it uses
	 * forwarded headers itself.
	 * @param forwarded whether it does
	 * @return what decides
	 */
	public HandshakeAdmission of(boolean forwarded) {
		return new HandshakeAdmission(this.gate, this.policies, this.requests.of(forwarded), this.timeout);
	}

}
