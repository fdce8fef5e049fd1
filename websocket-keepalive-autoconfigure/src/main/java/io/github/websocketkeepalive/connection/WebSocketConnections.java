package io.github.websocketkeepalive.connection;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The open WebSockets of this application. Inject it to look them up. Every method may be
 * called on any thread.
 */
public interface WebSocketConnections {

	/**
	 * Find a connection.
	 * @param id its {@link WebSocketConnection#getId() id} or the id of its session
	 * @return the connection, or empty if there is none open with that id
	 */
	Optional<WebSocketConnection> find(String id);

	/**
	 * Return all open connections.
	 * @return a weakly consistent stream in no particular order
	 */
	Stream<WebSocketConnection> stream();

	/**
	 * Return how many connections are open.
	 * @return the number
	 */
	long count();

	/**
	 * Close a connection, with the cause {@link CloseCause#OPERATOR}. Returns at once;
	 * the connection is reset if the peer does not take the Close frame in time.
	 * @param id its id or the id of its session
	 * @param code the close code
	 * @param reason the close reason, at most 123 bytes in UTF-8
	 * @return whether there was such a connection
	 * @throws IllegalArgumentException if the code is not one that an endpoint may send,
	 * or the reason is too long (RFC 6455 sections 5.5 and 7.4)
	 */
	boolean close(String id, int code, String reason);

}
