package io.github.websocketkeepalive.stream.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.github.websocketkeepalive.stream.server.InvalidStreamSourcesException;

/**
 * Tells what is wrong with the sources of a handler, and what to do.
 */
final class InvalidStreamSourcesFailureAnalyzer extends AbstractFailureAnalyzer<InvalidStreamSourcesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidStreamSourcesException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.getAction(), cause);
	}

}
