package io.github.websocketkeepalive.client.reconnect;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a client is doing.
 */
public sealed interface ConnectionState {

	/**
	 * It opens a connection.
	 *
	 * @param failures how many attempts have failed in a row
	 */
	record Connecting(int failures) implements ConnectionState {
	}

	/**
	 * It is connected, and its handler runs.
	 *
	 * @param id the id of the connection in logs and endpoints
	 */
	record Connected(String id) implements ConnectionState {
	}

	/**
	 * It waits before it connects again.
	 *
	 * @param delay for how long
	 * @param reason how the last attempt ended
	 * @param failures how many attempts have failed in a row
	 */
	record Waiting(Duration delay, Disconnect reason, int failures) implements ConnectionState {
	}

	/**
	 * It does not come back. The last state.
	 *
	 * @param reason how the last attempt ended, or {@code null} if the client was told to
	 * stop
	 */
	record Ended(@Nullable Disconnect reason) implements ConnectionState {
	}

}
