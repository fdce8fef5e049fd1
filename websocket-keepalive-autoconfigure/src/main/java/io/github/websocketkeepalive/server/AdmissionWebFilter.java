package io.github.websocketkeepalive.server;

import java.util.Optional;

import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.admission.AdmissionDecision.Rejected;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionPolicies;

/**
 * Asks the policies of the application about a handshake, innermost of all filters,
 * because those of Spring Security show the user only to the filters behind them.
 */
public final class AdmissionWebFilter implements WebFilter, Ordered {

	private final AdmissionPolicies policies;

	private final AdmissionGate gate;

	/**
	 * Create a filter.
	 * @param policies who is asked
	 * @param gate what is told of refusals
	 */
	public AdmissionWebFilter(AdmissionPolicies policies, AdmissionGate gate) {
		this.policies = policies;
		this.gate = gate;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		UpgradeWatcher upgrade = this.policies.isEmpty() ? null : NativeRequests.upgradeOf(exchange.getRequest());
		if (upgrade == null) {
			return chain.filter(exchange);
		}
		upgrade.policiesAreAskedElsewhere();
		return exchange.getPrincipal()
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.map((principal) -> HandshakeRequests.of(exchange.getRequest(), upgrade.remoteAddress(),
					principal.orElse(null)))
			.flatMap(this.policies::decide)
			.flatMap((decision) -> (decision instanceof Rejected rejection) ? refuse(exchange, upgrade, rejection)
					: chain.filter(exchange));
	}

	private Mono<Void> refuse(ServerWebExchange exchange, UpgradeWatcher upgrade, Rejected rejection) {
		this.gate.rejected(rejection.reason(), upgrade.remoteAddress());
		Refusal refusal = new Refusal(rejection);
		ServerHttpResponse response = exchange.getResponse();
		response.setStatusCode(HttpStatusCode.valueOf(refusal.status()));
		refusal.headers(response.getHeaders()::set);
		response.getHeaders().setConnection("close");
		response.getHeaders().setContentLength(refusal.body().length);
		return response.writeWith(Mono.just(response.bufferFactory().wrap(refusal.body())));
	}

}
