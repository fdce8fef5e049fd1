package io.github.websocketkeepalive.autoconfigure.probe;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.github.websocketkeepalive.probe.logback.LogbackNoiseFilter;

/**
 * Downgrades noise where Logback writes the log.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(LoggerContext.class)
class LogbackNoiseConfiguration {

	@Bean
	@Lazy(false)
	@Conditional(OnLogback.class)
	LogbackNoiseFilter webSocketLogbackNoiseFilter() {
		return new LogbackNoiseFilter((LoggerContext) LoggerFactory.getILoggerFactory());
	}

	/**
	 * Whether Logback is not only present but in use.
	 */
	static final class OnLogback implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return LoggerFactory.getILoggerFactory() instanceof LoggerContext;
		}

	}

}
