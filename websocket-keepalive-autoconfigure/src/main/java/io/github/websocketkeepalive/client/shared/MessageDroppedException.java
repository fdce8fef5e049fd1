package io.github.websocketkeepalive.client.shared;

/**
 * A message was not sent and will not be.
 */
public final class MessageDroppedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	MessageDroppedException(String message) {
		super(message);
	}

}
