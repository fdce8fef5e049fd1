package io.github.websocketkeepalive.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Names the module that properties of streams need. Where that module is, these
 * properties are known and do not come here.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingStreamsFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	private static final ConfigurationPropertyName STREAMS = ConfigurationPropertyName.of("websocket-keepalive.stream");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
		List<ConfigurationProperty> unbound = cause.getUnboundProperties()
			.stream()
			.filter((property) -> STREAMS.isAncestorOf(property.getName()))
			.toList();
		if (unbound.isEmpty()) {
			return null;
		}
		ConfigurationProperty first = unbound.get(0);
		return new FailureAnalysis(
				"The property '%s' has the value '%s', and streams are not on the class path. It comes from %s."
					.formatted(first.getName(), first.getValue(), first.getOrigin()),
				"Add the dependency 'io.github.websocket-keepalive:websocket-keepalive-streams', or remove the property.",
				cause);
	}

}
