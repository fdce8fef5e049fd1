package io.github.websocketkeepalive.autoconfigure.probe;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.github.websocketkeepalive.probe.log4j2.Log4j2NoiseFilter;

/**
 * Downgrades noise where Log4j2 writes the log.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(LoggerContext.class)
class Log4j2NoiseConfiguration {

	@Bean
	@Lazy(false)
	@Conditional(OnLog4j2.class)
	Log4j2NoiseFilter webSocketLog4j2NoiseFilter() {
		return new Log4j2NoiseFilter((LoggerContext) LogManager.getContext(false));
	}

	/**
	 * Whether Log4j2 is not only present but in use.
	 */
	static final class OnLog4j2 implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return LogManager.getContext(false) instanceof LoggerContext;
		}

	}

}
