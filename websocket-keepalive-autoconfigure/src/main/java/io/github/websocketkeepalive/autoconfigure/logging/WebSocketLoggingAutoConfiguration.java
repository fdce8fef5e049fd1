package io.github.websocketkeepalive.autoconfigure.logging;

import io.micrometer.context.ContextRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import io.github.websocketkeepalive.autoconfigure.LogLevels;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Logging;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Mdc;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.logging.LifecycleLogger;
import io.github.websocketkeepalive.logging.MdcPropagation;
import io.github.websocketkeepalive.logging.MdcScope;

/**
 * Auto-configuration of what connections write to the log.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class)
@ConditionalOnBean(Heartbeats.class)
public final class WebSocketLoggingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	LifecycleLogger webSocketLifecycleLogger(WebSocketKeepaliveProperties properties, MdcScope mdc) {
		return new LifecycleLogger(LogLevels.toSlf4j(properties.logging().lifecycleLevel()), mdc);
	}

	@Bean
	@ConditionalOnMissingBean
	MdcScope webSocketMdcScope(WebSocketKeepaliveProperties properties) {
		Logging logging = properties.logging();
		return (logging.mdc() != Mdc.OFF) ? MdcScope.of(logging.mdcKey()) : MdcScope.OFF;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ContextRegistry.class)
	@ConditionalOnProperty(name = "websocket-keepalive.logging.mdc", havingValue = "auto", matchIfMissing = true)
	static class MdcPropagationConfiguration {

		@Bean
		@Lazy(false)
		MdcPropagation webSocketMdcPropagation(WebSocketKeepaliveProperties properties) {
			return new MdcPropagation(properties.logging().mdcKey());
		}

	}

}
