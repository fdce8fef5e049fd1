package io.github.websocketkeepalive.autoconfigure.endpoint;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.role.AnyRoleCondition;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.endpoint.DrainDescriptor;
import io.github.websocketkeepalive.endpoint.ProbesDescriptor;
import io.github.websocketkeepalive.endpoint.WebSocketDescriptor;
import io.github.websocketkeepalive.endpoint.WebSocketsDescriptor;
import io.github.websocketkeepalive.endpoint.WebSocketsEndpoint;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.probe.ProbeSources;

/**
 * Auto-configuration of the Actuator endpoint {@code websockets}. Its answers are
 * registered for native images here, because the types that its operations return do not
 * name them.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(WebSocketsEndpoint.class)
@ConditionalOnBean(Heartbeats.class)
@Conditional(AnyRoleCondition.class)
@RegisterReflectionForBinding({ DrainDescriptor.class, ProbesDescriptor.class, WebSocketDescriptor.class,
		WebSocketsDescriptor.class })
public final class WebSocketsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	WebSocketsEndpoint webSocketsEndpoint(WebSocketConnections connections, ObjectProvider<Drain> drain,
			ObjectProvider<ProbeSources> probes) {
		return new WebSocketsEndpoint(connections, drain.getIfAvailable(), probes.getIfAvailable());
	}

}
