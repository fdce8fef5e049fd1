package io.github.websocketkeepalive.autoconfigure.mapping;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.github.websocketkeepalive.mapping.DuplicateWebSocketMappingException;

/**
 * Names both handlers that want one path.
 */
final class DuplicateWebSocketMappingFailureAnalyzer
		extends AbstractFailureAnalyzer<DuplicateWebSocketMappingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DuplicateWebSocketMappingException cause) {
		return new FailureAnalysis(
				"The beans '%s' and '%s' are both mapped to the WebSocket path '%s'."
					.formatted(cause.getFirstBeanName(), cause.getSecondBeanName(), cause.getPath()),
				"Give one of them another path in its @WebSocketMapping, or in 'websocket-keepalive.echo.path'.",
				cause);
	}

}
