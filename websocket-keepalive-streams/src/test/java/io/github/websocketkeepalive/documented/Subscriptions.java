package io.github.websocketkeepalive.documented;

import java.security.Principal;

import reactor.core.publisher.Mono;

/**
 * Who has paid.
 */
public class Subscriptions {

	public Mono<Subscription> of(Principal principal) {
		return Mono.just(() -> principal.getName().equals("ada"));
	}

	/**
	 * What somebody has paid for.
	 */
	@FunctionalInterface
	public interface Subscription {

		boolean isPremium();

	}

}
