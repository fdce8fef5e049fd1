package io.github.websocketkeepalive.test;

import java.util.Arrays;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Leaves out what the display name says to run on another transport than the system
 * property {@code test.transport} names. For runs that are about something else.
 */
public final class TransportCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		String only = System.getProperty("test.transport");
		return (only != null && Arrays.stream(Transport.values())
			.anyMatch((transport) -> !transport.name().equals(only) && runsOn(transport, context)))
					? ConditionEvaluationResult.disabled("On " + only + " only")
					: ConditionEvaluationResult.enabled("Of any transport");
	}

	private static boolean runsOn(Transport transport, ExtensionContext context) {
		return context.getDisplayName().matches("\\[\\d+].*\\b" + transport.name() + "\\b.*")
				|| context.getParent().filter((parent) -> runsOn(transport, parent)).isPresent();
	}

}
