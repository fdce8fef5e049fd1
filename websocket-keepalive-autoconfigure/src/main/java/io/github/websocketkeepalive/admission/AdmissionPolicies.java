package io.github.websocketkeepalive.admission;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.peer.LogLimiter;

/**
 * The policies of the application as one: the first that rejects decides.
 */
public final class AdmissionPolicies {

	private static final Logger logger = LoggerFactory.getLogger(AdmissionPolicies.class);

	private static final AdmissionDecision FAILED = AdmissionDecision.reject(503, "policy-failed");

	private final LogLimiter limiter = new LogLimiter();

	private final List<AdmissionPolicy> policies;

	/**
	 * Create the policies.
	 * @param policies who is asked, in order
	 */
	public AdmissionPolicies(List<AdmissionPolicy> policies) {
		this.policies = List.copyOf(policies);
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
			.concatMap((policy) -> policy.decide(request))
			.filter(AdmissionDecision.Rejected.class::isInstance)
			.next()
			.defaultIfEmpty(AdmissionDecision.admit())
			.onErrorResume((failure) -> {
				this.limiter.log(failure.getClass().getName(),
						(more) -> logger.warn("An admission policy failed{}", more, failure));
				return Mono.just(FAILED);
			});
	}

}
