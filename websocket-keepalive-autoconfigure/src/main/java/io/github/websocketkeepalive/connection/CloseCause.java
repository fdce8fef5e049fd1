package io.github.websocketkeepalive.connection;

/**
 * Why a connection ended. A closed vocabulary: logs, metrics and endpoints use no other.
 */
public enum CloseCause {

	/**
	 * The peer sent a Close frame first.
	 */
	PEER_CLOSED("peer-closed", 1005, true),

	/**
	 * The application closed, or its handler completed.
	 */
	LOCAL_CLOSED("local-closed", 1005, true),

	/**
	 * The peer did not answer a ping.
	 */
	PING_TIMEOUT("ping-timeout", 1011, true),

	/**
	 * The peer's host takes nothing any more.
	 */
	TRANSPORT_DEAD("transport-dead", 1011, true),

	/**
	 * The peer reset the connection.
	 */
	RESET("reset", 1006, true),

	/**
	 * The peer ended the connection without a Close frame.
	 */
	EOF("eof", 1006, true),

	/**
	 * The peer broke the rules of RFC 6455.
	 */
	PROTOCOL_ERROR("protocol-error", 1002, false),

	/**
	 * The peer sent a frame or message above the limit.
	 */
	TOO_LARGE("too-large", 1009, false),

	/**
	 * The peer did not take its output in time.
	 */
	SLOW_CONSUMER("slow-consumer", 1013, true),

	/**
	 * The peer flooded the server with control frames.
	 */
	CONTROL_FLOOD("control-flood", 1008, false),

	/**
	 * The connection reached its maximum age.
	 */
	MAX_AGE("max-age", 1012, true),

	/**
	 * The server is shutting down.
	 */
	DRAIN("drain", 1012, true),

	/**
	 * An operator closed the connection.
	 */
	OPERATOR("operator", 1000, true),

	/**
	 * The application's handler failed.
	 */
	HANDLER_ERROR("handler-error", 1011, true),

	/**
	 * The opening handshake failed.
	 */
	HANDSHAKE_FAILED("handshake-failed", 1006, true),

	/**
	 * This process had no memory left for what the connection needed.
	 */
	OUT_OF_MEMORY("out-of-memory", 1011, true);

	private final String text;

	private final int code;

	private final boolean returnable;

	CloseCause(String text, int code, boolean returnable) {
		this.text = text;
		this.code = code;
		this.returnable = returnable;
	}

	/**
	 * Return the name that logs, metrics and endpoints use.
	 * @return the name, in lower case with hyphens
	 */
	public String text() {
		return this.text;
	}

	/**
	 * Return the close code that goes with this cause, unless a Close frame said
	 * otherwise (RFC 6455 section 7.4.1).
	 * @return the code; 1005 and 1006 are never on the wire
	 */
	public int code() {
		return this.code;
	}

	/**
	 * Return whether the peer may come back.
	 * @return {@code false} if it would only fail again
	 */
	public boolean mayReturn() {
		return this.returnable;
	}

}
