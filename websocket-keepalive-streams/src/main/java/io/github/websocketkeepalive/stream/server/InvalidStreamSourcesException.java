package io.github.websocketkeepalive.stream.server;

import io.github.websocketkeepalive.Internal;

/**
 * A handler cannot offer the sources it was given.
 */
@Internal
@SuppressWarnings("serial")
public final class InvalidStreamSourcesException extends RuntimeException {

	private final String action;

	InvalidStreamSourcesException(String message, String action) {
		super(message);
		this.action = action;
	}

	/**
	 * Return the remedy.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
