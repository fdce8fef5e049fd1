package io.github.websocketkeepalive.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Names the property, its value and the remedy. Before Boot's analyzer of bind failures,
 * which knows only the first two.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidKeepalivePropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidKeepalivePropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidKeepalivePropertyException cause) {
		return new FailureAnalysis(
				"The property '%s' has the value '%s', which cannot work.".formatted(cause.getKey(), cause.getValue()),
				cause.getRemedy(), cause);
	}

}
