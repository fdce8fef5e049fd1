package io.github.websocketkeepalive.connection;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;

/**
 * What can be known about one open WebSocket. Every method may be called on any thread;
 * figures are those of the connection's event loop and may lag behind by a moment.
 */
public interface WebSocketConnection {

	/**
	 * The endpoint of a connection for which no path pattern is known.
	 */
	String UNKNOWN_ENDPOINT = "UNKNOWN";

	/**
	 * Return the id that names this connection in logs, endpoints and traces. It is
	 * unique in a cluster and no secret.
	 * @return the id, 12 characters
	 */
	String getId();

	/**
	 * Return the id that Spring's {@code WebSocketSession#getId()} returns.
	 * @return the id of the session
	 */
	String getSessionId();

	/**
	 * Return which end of the connection this process is.
	 * @return the role
	 */
	Role getRole();

	/**
	 * Return the name of the client of this process that opened the connection.
	 * @return the name, or {@code null} if the role is {@link Role#SERVER}
	 */
	default @Nullable String getClientName() {
		return (getRole() == Role.CLIENT) ? getEndpoint() : null;
	}

	/**
	 * Return the path pattern of the handler, or {@link #UNKNOWN_ENDPOINT}; or the name
	 * of the client of this process that opened the connection.
	 * @return the pattern or the name
	 */
	String getEndpoint();

	/**
	 * Return the path of the request in a form that may stand in a log.
	 * @return the path without its query, with special characters escaped and cut after
	 * 256 characters
	 */
	String getPath();

	/**
	 * Return the address of the peer, forwarded headers considered as the server is
	 * configured to.
	 * @return the address, or {@code null} if it is not known
	 */
	@Nullable SocketAddress getRemoteAddress();

	/**
	 * Return the name of the authenticated user in a form that may stand in a log.
	 * @return the name, with special characters escaped and cut after 256 characters, or
	 * {@code null} if there is none
	 */
	@Nullable String getPrincipal();

	/**
	 * Return the subprotocol that was agreed on, in a form that may stand in a log.
	 * @return the subprotocol, with special characters escaped and cut after 256
	 * characters, or {@code null} if there is none
	 */
	@Nullable String getSubprotocol();

	/**
	 * Return what the connection runs on.
	 * @return {@code epoll}, {@code kqueue}, {@code io_uring} or {@code nio}, followed by
	 * {@code +h2} for a stream of an HTTP/2 connection
	 */
	String getTransport();

	/**
	 * Return when the opening handshake succeeded.
	 * @return the instant, to the millisecond, by the present time of the system: it
	 * moves when that is set, so that the age stays true
	 */
	Instant getOpenedAt();

	/**
	 * Return what is known about the peer.
	 * @return the liveness
	 */
	Liveness getLiveness();

	/**
	 * Return why a verdict is put off.
	 * @return the reason, or {@code null} unless the liveness is {@link Liveness#HELD}
	 */
	@Nullable HoldReason getHeldBy();

	/**
	 * Return for how long nothing was received.
	 * @return the time since the last byte
	 */
	Duration getSinceLastReceived();

	/**
	 * Return the round-trip time of the last answered ping.
	 * @return the time, or {@code null} if none was answered
	 */
	@Nullable Duration getRtt();

	/**
	 * Return how many pings were sent.
	 * @return the number of our pings
	 */
	long getPingsSent();

	/**
	 * Return how many of our pings were answered.
	 * @return the number of pongs
	 */
	long getPongsReceived();

	/**
	 * Return how many pings on this connection are not ours.
	 * @return the number of pings that the application or the peer sent by itself
	 */
	long getForeignPings();

	/**
	 * Return how many bytes were received, as they are on the wire.
	 * @return the number of bytes since the TCP connection or the HTTP/2 stream opened
	 */
	long getBytesReceived();

	/**
	 * Return how many bytes were sent, as they are on the wire.
	 * @return the number of bytes since the TCP connection or the HTTP/2 stream opened
	 */
	long getBytesSent();

	/**
	 * Return how many bytes wait for the peer to take them.
	 * @return the number of bytes that the socket has not accepted yet
	 */
	long getPendingBytes();

	/**
	 * Return whether a Close frame was sent.
	 * @return whether the connection is closing
	 */
	boolean isClosing();

}
