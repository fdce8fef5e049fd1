package io.github.websocketkeepalive.stream.server;

/**
 * A handler cannot offer the sources it was given.
 */
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
