package io.github.websocketkeepalive.stream.protocol;

import java.util.Locale;

/**
 * Codes of {@link ServerFrame.Error}. Sources may add codes of their own.
 */
public enum StreamError {

	/**
	 * The frame cannot be read, or a field is missing or of the wrong kind.
	 */
	BAD_FRAME,

	/**
	 * The stream is not open, at least no longer.
	 */
	UNKNOWN_STREAM,

	/**
	 * There is no source of that name.
	 */
	UNKNOWN_SOURCE,

	/**
	 * A stream of that name is open already; it goes on.
	 */
	STREAM_EXISTS,

	/**
	 * The connection has as many streams open as it may have.
	 */
	TOO_MANY_STREAMS,

	/**
	 * The parameters of the streams of the connection would be larger than they may be.
	 */
	REQUEST_TOO_LARGE,

	/**
	 * An offset was acknowledged that was never sent; the stream goes on.
	 */
	BAD_OFFSET,

	/**
	 * The stream was to continue at an offset that its epoch has not reached.
	 */
	BAD_POSITION,

	/**
	 * The source refused the request.
	 */
	REJECTED,

	/**
	 * The source failed, or a row could not be encoded.
	 */
	SOURCE_FAILED,

	/**
	 * The client was too slow for a topic that does not wait.
	 */
	TOO_SLOW;

	/**
	 * Return the code as it is sent.
	 * @return the code
	 */
	public String code() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
