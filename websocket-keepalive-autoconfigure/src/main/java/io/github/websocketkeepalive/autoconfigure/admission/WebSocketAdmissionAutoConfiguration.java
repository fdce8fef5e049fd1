package io.github.websocketkeepalive.autoconfigure.admission;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.reactive.DispatcherHandler;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionLimits;
import io.github.websocketkeepalive.admission.AdmissionListener;
import io.github.websocketkeepalive.admission.AdmissionPolicies;
import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.admission.OpenFiles;
import io.github.websocketkeepalive.admission.RefusalLogger;
import io.github.websocketkeepalive.admission.RetryPacing;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.autoconfigure.role.ServerRoleCondition;
import io.github.websocketkeepalive.health.HandshakeRates;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.listener.Listeners;

/**
 * Auto-configuration of who may connect.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(Heartbeats.class)
@Conditional(ServerRoleCondition.class)
public final class WebSocketAdmissionAutoConfiguration {

	private final AdmissionLimits limits;

	WebSocketAdmissionAutoConfiguration(WebSocketKeepaliveProperties properties) {
		this.limits = properties.admission().toAdmissionLimits();
	}

	@Bean
	@ConditionalOnMissingBean
	RetryPacing webSocketRetryPacing() {
		Integer perSecond = this.limits.handshakesPerSecond();
		return new RetryPacing(this.limits.retryAfter(), (perSecond != null) ? perSecond : 0);
	}

	@Bean
	@ConditionalOnMissingBean
	OpenFiles webSocketOpenFiles() {
		return new OpenFiles();
	}

	@Bean
	@ConditionalOnMissingBean
	AdmissionGate webSocketAdmissionGate(OpenFiles openFiles, RetryPacing pacing,
			ObjectProvider<AdmissionListener> listeners, CallbackFailures failures) {
		return new AdmissionGate(this.limits, openFiles, pacing,
				new Listeners<>(AdmissionListener.class, () -> listeners.orderedStream().toList(), failures));
	}

	@Bean
	@ConditionalOnMissingBean
	AdmissionPolicies webSocketAdmissionPolicies(ObjectProvider<AdmissionPolicy> policies, CallbackFailures failures) {
		return new AdmissionPolicies(policies.orderedStream().toList(), failures);
	}

	@Bean
	@ConditionalOnMissingBean
	RefusalLogger webSocketRefusalLogger() {
		return new RefusalLogger();
	}

	@Bean
	@ConditionalOnMissingBean
	HandshakeRates webSocketHandshakeRates() {
		return new HandshakeRates();
	}

}
