package io.github.websocketkeepalive.autoconfigure.logging;

import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.logging.LogLevel;
import org.springframework.context.annotation.Bean;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.logging.LifecycleLogger;

/**
 * Auto-configuration of what connections write to the log.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class)
@ConditionalOnBean(WebSocketKeepaliveProperties.class)
public final class WebSocketLoggingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	LifecycleLogger webSocketLifecycleLogger(WebSocketKeepaliveProperties properties) {
		return new LifecycleLogger(level(properties.logging().lifecycleLevel()));
	}

	private static @Nullable Level level(LogLevel level) {
		return switch (level) {
			case TRACE -> Level.TRACE;
			case DEBUG -> Level.DEBUG;
			case INFO -> Level.INFO;
			case WARN -> Level.WARN;
			case ERROR, FATAL -> Level.ERROR;
			case OFF -> null;
		};
	}

}
