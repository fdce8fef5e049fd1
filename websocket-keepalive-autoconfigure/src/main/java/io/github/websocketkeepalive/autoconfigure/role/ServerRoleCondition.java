package io.github.websocketkeepalive.autoconfigure.role;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

import io.github.websocketkeepalive.Internal;

/**
 * Matches if WebSockets that the application serves can be kept alive: not if its server
 * is known to be another one than Reactor Netty, and not if it is only a client. Other
 * conditions ask whether the application is reactive.
 */
@Internal
public final class ServerRoleCondition extends SpringBootCondition implements ConfigurationCondition {

	static final String CLIENT_ONLY = "websocket-keepalive.client.only";

	private static final String FACTORY = "org.springframework.boot.web.server.reactive.ReactiveWebServerFactory";

	private static final String NETTY_FACTORY = "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory";

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("WebSockets of the server");
		if (context.getEnvironment().getProperty(CLIENT_ONLY, Boolean.class, false)) {
			return ConditionOutcome.noMatch(message.because("'" + CLIENT_ONLY + "' is set"));
		}
		String other = otherServer(context);
		return (other != null) ? ConditionOutcome.noMatch(message.found("another server").items(other))
				: ConditionOutcome.match(message.because("no other server is known"));
	}

	private static @Nullable String otherServer(ConditionContext context) {
		Class<?> factory = find(FACTORY, context);
		Class<?> netty = find(NETTY_FACTORY, context);
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		if (factory == null || netty == null || beans == null) {
			return null;
		}
		for (String name : beans.getBeanNamesForType(factory, true, false)) {
			Class<?> type = beans.getType(name, false);
			if (type != null && !isOrMayBe(type, netty)) {
				return type.getName();
			}
		}
		return null;
	}

	// A bean that is declared by an interface may turn out to be Reactor Netty's.
	private static boolean isOrMayBe(Class<?> type, Class<?> netty) {
		return netty.isAssignableFrom(type) || type.isAssignableFrom(netty);
	}

	private static @Nullable Class<?> find(String name, ConditionContext context) {
		try {
			return ClassUtils.forName(name, context.getClassLoader());
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return null;
		}
	}

}
