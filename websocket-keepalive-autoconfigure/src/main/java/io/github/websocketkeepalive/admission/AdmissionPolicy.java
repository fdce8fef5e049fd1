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
	 * Decide on a handshake. Called on the event loop of the handshake and must return at
	 * once: while it blocks, no connection of that loop is served. The decision may come
	 * later and on any thread, while the client waits.
	 *
	 * <p>
	 * Whatever is thrown or signalled, errors included, rejects with status 503 and
	 * reason {@code policy-failed}. It is logged within a limit and counted in the meter
	 * {@code websocket.callback.failures}.
	 * @param request what is known of the handshake
	 * @return the decision; empty to leave it to others
	 */
	Mono<AdmissionDecision> decide(AdmissionRequest request);

}
