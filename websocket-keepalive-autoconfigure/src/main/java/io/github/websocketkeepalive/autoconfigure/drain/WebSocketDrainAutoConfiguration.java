package io.github.websocketkeepalive.autoconfigure.drain;

import java.util.concurrent.ThreadLocalRandom;

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
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.web.reactive.DispatcherHandler;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.limit.RetryPacing;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.autoconfigure.admission.WebSocketAdmissionAutoConfiguration;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.drain.AdmissionSwitch;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.drain.DrainLifecycle;
import io.github.websocketkeepalive.drain.DrainPolicy;
import io.github.websocketkeepalive.drain.ReturnDelays;
import io.github.websocketkeepalive.drain.TrafficSwitch;

/**
 * Auto-configuration of the drain, on demand and before a shutdown.
 */
@AutoConfiguration(after = { WebSocketKeepaliveAutoConfiguration.class, WebSocketAdmissionAutoConfiguration.class,
		ApplicationAvailabilityAutoConfiguration.class })
@ConditionalOnClass({ NettyReactiveWebServerFactory.class, DispatcherHandler.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean({ ConnectionRegistry.class, AdmissionGate.class, ApplicationAvailability.class })
@ConditionalOnBooleanProperty(name = "websocket-keepalive.drain.enabled", matchIfMissing = true)
public final class WebSocketDrainAutoConfiguration {

	private final DrainPolicy policy;

	WebSocketDrainAutoConfiguration(WebSocketKeepaliveProperties properties) {
		this.policy = properties.drain().toDrainPolicy();
	}

	@Bean
	@ConditionalOnMissingBean
	ReturnDelays webSocketReturnDelays(RetryPacing pacing, WebSocketKeepaliveProperties properties) {
		if (properties.admission().handshakesPerSecond() != null) {
			return pacing::delayMillis;
		}
		long most = this.policy.window().toMillis();
		return (clients) -> ThreadLocalRandom.current().nextLong(most + 1);
	}

	@Bean
	@ConditionalOnMissingBean
	TrafficSwitch webSocketTrafficSwitch(AdmissionGate gate, ApplicationEventPublisher publisher,
			ApplicationAvailability availability) {
		return new AdmissionSwitch(gate, publisher, availability);
	}

	@Bean
	@ConditionalOnMissingBean
	Drain webSocketDrain(ConnectionRegistry registry, ReturnDelays returnDelays, TrafficSwitch traffic) {
		return new Drain(registry, this.policy, returnDelays, traffic);
	}

	@Bean
	@ConditionalOnMissingBean
	DrainLifecycle webSocketDrainLifecycle(Drain drain, ObjectProvider<DefaultLifecycleProcessor> processor) {
		return new DrainLifecycle(drain, this.policy, processor);
	}

	@Bean
	TerminationGracePeriodCheck webSocketTerminationGracePeriodCheck() {
		return new TerminationGracePeriodCheck(this.policy);
	}

}
