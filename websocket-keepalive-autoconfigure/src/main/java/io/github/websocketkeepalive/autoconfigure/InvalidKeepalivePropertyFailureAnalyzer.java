package io.github.websocketkeepalive.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

/**
 * Names the property, its value as it was typed, where that stands, and the remedy.
 * Before Boot's analyzer of bind failures, which does not know the remedy.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidKeepalivePropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidKeepalivePropertyException> {

	private final PropertyOrigins origins;

	/**
	 * Create an analyzer.
	 * @param environment the environment of the application, or {@code null} if it failed
	 * before it had one
	 */
	InvalidKeepalivePropertyFailureAnalyzer(@Nullable Environment environment) {
		this.origins = new PropertyOrigins(
				(environment instanceof ConfigurableEnvironment known) ? known : new StandardEnvironment());
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidKeepalivePropertyException cause) {
		String key = cause.getKey();
		String typed = this.origins.typedValue(key);
		String description = "The property '%s' has the value '%s', which cannot work. %s".formatted(key,
				(typed != null) ? typed : cause.getValue(), origin("It", key));
		String otherKey = cause.getOtherKey();
		if (otherKey != null) {
			description += " " + origin("'" + otherKey + "'", otherKey);
		}
		return new FailureAnalysis(description, cause.getRemedy(), cause);
	}

	private String origin(String subject, String key) {
		String origin = this.origins.origin(key);
		return (origin != null) ? subject + " comes from " + origin + "." : subject + " is the default.";
	}

}
