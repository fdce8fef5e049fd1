package io.github.websocketkeepalive.stream;

/**
 * Ends a stream with an error that the client is told. Thrown or signalled by sources,
 * and what the client's stream fails with.
 */
@SuppressWarnings("serial")
public class StreamException extends RuntimeException {

	private final String code;

	/**
	 * Create an exception without a stack trace, since it tells about a peer.
	 * @param code what programs go by, such as {@code rejected}
	 * @param message what people read; sent to the client
	 */
	public StreamException(String code, String message) {
		super(message, null, false, false);
		this.code = code;
	}

	/**
	 * Return what programs go by.
	 * @return the code
	 */
	public String getCode() {
		return this.code;
	}

}
