package io.github.websocketkeepalive.connection;

import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * What the opening handshake tells about a connection.
 *
 * @param role which end this process is
 * @param endpoint the path pattern of the handler
 * @param uri the request target, with its query
 * @param remoteAddress the address of the peer
 * @param principal the name of the user
 * @param subprotocol the agreed subprotocol
 */
public record ConnectionDetails(Role role, String endpoint, String uri, @Nullable SocketAddress remoteAddress,
		@Nullable String principal, @Nullable String subprotocol) {

	/**
	 * Return the path.
	 * @return the request target without its query, where tokens may live
	 */
	public String path() {
		return path(this.uri);
	}

	/**
	 * Return the path of a request target.
	 * @param uri the request target
	 * @return the request target without its query
	 */
	public static String path(String uri) {
		int end = uri.indexOf('?');
		return (end >= 0) ? uri.substring(0, end) : uri;
	}

}
