package io.github.websocketkeepalive.connection;

import io.github.websocketkeepalive.liveness.HoldReason;

/**
 * Is told of the life of every WebSocket of the application. Every bean of this type is.
 *
 * <p>
 * Methods are called on the event loop of the connection and must return at once: while
 * one blocks, no connection of that loop is served, and the watchdog of the event loops
 * logs its stack. Whatever a method throws, errors included, is logged within a limit and
 * counted in the meter {@code websocket.callback.failures}. It affects neither the
 * connection nor other listeners.
 */
public interface ConnectionListener {

	/**
	 * Called when the opening handshake has succeeded.
	 * @param connection the connection
	 */
	default void onOpened(WebSocketConnection connection) {
	}

	/**
	 * Called when a ping was handed to the transport.
	 * @param connection the connection
	 * @param sequence the number of the ping in its connection, from 1
	 */
	default void onPing(WebSocketConnection connection, int sequence) {
	}

	/**
	 * Called when the peer answered one of our pings.
	 * @param connection the connection
	 * @param sequence the number of the ping that was answered
	 * @param rttNanos nanoseconds from the flush of the ping to the pong, or -1 if the
	 * pong answers an older ping than the last
	 */
	default void onPong(WebSocketConnection connection, int sequence, long rttNanos) {
	}

	/**
	 * Called when a verdict on a silent peer was put off.
	 * @param connection the connection
	 * @param reason why
	 */
	default void onHeld(WebSocketConnection connection, HoldReason reason) {
	}

	/**
	 * Called once when the connection has ended.
	 * @param connection the connection, which is no longer among the
	 * {@link WebSocketConnections}
	 * @param cause why it ended
	 * @param code the code of the first Close frame in either direction; 1005 if it had
	 * none, 1006 if there was no such frame (RFC 6455 section 7.1.5)
	 */
	default void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
	}

}
