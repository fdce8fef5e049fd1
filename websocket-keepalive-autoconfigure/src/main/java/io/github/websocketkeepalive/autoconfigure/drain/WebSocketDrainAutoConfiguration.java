package io.github.websocketkeepalive.autoconfigure.drain;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.web.reactive.DispatcherHandler;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.RetryPacing;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.autoconfigure.admission.WebSocketAdmissionAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.role.ServerRoleCondition;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.drain.DrainLifecycle;
import io.github.websocketkeepalive.drain.DrainPolicy;
import io.github.websocketkeepalive.drain.ReadinessSwitch;
import io.github.websocketkeepalive.drain.ReturnDelays;
import io.github.websocketkeepalive.drain.TrafficSwitch;
import io.github.websocketkeepalive.listener.CallbackFailures;

/**
 * Auto-configuration of the drain, on demand and before a shutdown.
 */
@AutoConfiguration(after = { WebSocketKeepaliveAutoConfiguration.class, WebSocketAdmissionAutoConfiguration.class,
		ApplicationAvailabilityAutoConfiguration.class })
@ConditionalOnClass({ NettyReactiveWebServerFactory.class, DispatcherHandler.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@Conditional(ServerRoleCondition.class)
@ConditionalOnBean({ ConnectionRegistry.class, AdmissionGate.class, ApplicationAvailability.class })
@ConditionalOnBooleanProperty(name = "websocket-keepalive.drain.enabled", matchIfMissing = true)
public final class WebSocketDrainAutoConfiguration {

	private final DrainPolicy configured;

	private final DrainPolicy policy;

	WebSocketDrainAutoConfiguration(WebSocketKeepaliveProperties properties, ApplicationContext context) {
		this.configured = properties.drain().toDrainPolicy();
		this.policy = Development.policy(this.configured, context);
	}

	@Bean
	@ConditionalOnMissingBean
	ReturnDelays webSocketReturnDelays(RetryPacing pacing) {
		return (clients) -> pacing.delayMillis(clients, this.policy.window());
	}

	@Bean
	@ConditionalOnMissingBean
	TrafficSwitch webSocketTrafficSwitch(ApplicationEventPublisher publisher, ApplicationAvailability availability) {
		return new ReadinessSwitch(publisher, availability);
	}

	@Bean
	@ConditionalOnMissingBean
	Drain webSocketDrain(ConnectionRegistry registry, ReturnDelays returnDelays, AdmissionGate gate,
			TrafficSwitch traffic, CallbackFailures failures) {
		return new Drain(registry, this.policy, returnDelays, gate, traffic, failures);
	}

	@Bean
	@ConditionalOnMissingBean
	DrainLifecycle webSocketDrainLifecycle(Drain drain, ObjectProvider<DefaultLifecycleProcessor> processor) {
		return new DrainLifecycle(drain, this.policy, processor);
	}

	@Bean
	TerminationGracePeriodCheck webSocketTerminationGracePeriodCheck() {
		return new TerminationGracePeriodCheck(this.configured, this.policy);
	}

}
