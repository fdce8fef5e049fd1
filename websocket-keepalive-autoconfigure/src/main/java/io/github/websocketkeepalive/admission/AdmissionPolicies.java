package io.github.websocketkeepalive.admission;

import java.util.List;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.listener.SafeMono;

/**
 * The policies of the application as one: the first that rejects decides.
 */
@Internal
public final class AdmissionPolicies {

	private static final AdmissionDecision FAILED = AdmissionDecision.reject(503, "policy-failed");

	private final List<AdmissionPolicy> policies;

	private final CallbackFailures failures;

	/**
	 * Create the policies.
	 * @param policies who is asked, in order
	 * @param failures takes what they throw
	 */
	public AdmissionPolicies(List<AdmissionPolicy> policies, CallbackFailures failures) {
		this.policies = List.copyOf(policies);
		this.failures = failures;
	}

	/**
	 * Return whether there are none.
	 * @return whether nobody is asked
	 */
	public boolean isEmpty() {
		return this.policies.isEmpty();
	}

	/**
	 * Ask them.
	 * @param request what is known of the handshake
	 * @return the decision, never empty and never a failure
	 */
	public Mono<AdmissionDecision> decide(AdmissionRequest request) {
		return Flux.fromIterable(this.policies)
			.concatMap((policy) -> decide(policy, request))
			.filter(AdmissionDecision.Rejected.class::isInstance)
			.next()
			.defaultIfEmpty(AdmissionDecision.admit());
	}

	private Mono<AdmissionDecision> decide(AdmissionPolicy policy, AdmissionRequest request) {
		return SafeMono.defer(() -> policy.decide(request)).onErrorResume((failure) -> {
			this.failures.failed(AdmissionPolicy.class, policy, failure);
			return Mono.just(FAILED);
		});
	}

}
