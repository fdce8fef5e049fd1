package io.github.websocketkeepalive.admission;

import reactor.core.publisher.Mono;

/**
 * Decides whether a client may open a WebSocket, after the built-in limits have let it
 * pass. Every bean of this type is asked, in order, until one rejects.
 *
 * <p>
 * A handshake for WebFlux is decided behind all web filters, so that the user is known.
 * One for a route of Reactor Netty is decided when the route accepts it, without a user.
 */
@FunctionalInterface
public interface AdmissionPolicy {

	/**
	 * Decide on a handshake. Called on an event loop and must not block; the decision may
	 * come later and on any thread, while the client waits.
	 * @param request what is known of the handshake
	 * @return the decision; empty to leave it to others; a failure rejects with status
	 * 503 and reason {@code policy-failed}
	 */
	Mono<AdmissionDecision> decide(AdmissionRequest request);

}
