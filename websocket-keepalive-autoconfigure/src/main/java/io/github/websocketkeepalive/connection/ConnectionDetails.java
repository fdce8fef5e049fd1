package io.github.websocketkeepalive.connection;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.peer.RequestTarget;

/**
 * What the opening handshake tells about a connection, in a form that may be shown: what
 * the peer chose is escaped and shortened here, once for all logs, endpoints and meters.
 *
 * @param role which end this process is
 * @param endpoint the path pattern of the handler
 * @param uri the request target, of which path and query are kept
 * @param remoteAddress the address of the peer
 * @param principal the name of the user
 * @param subprotocol the agreed subprotocol
 */
@Internal
public record ConnectionDetails(Role role, String endpoint, String uri, @Nullable SocketAddress remoteAddress,
		@Nullable String principal, @Nullable String subprotocol) {

	public ConnectionDetails {
		uri = PeerText.of(RequestTarget.pathAndQuery(uri));
		remoteAddress = shown(remoteAddress);
		principal = (principal != null) ? PeerText.of(principal) : null;
		subprotocol = (subprotocol != null) ? PeerText.of(subprotocol) : null;
	}

	/**
	 * Return the path.
	 * @return the path without its query, where tokens may live
	 */
	public String path() {
		return RequestTarget.path(this.uri);
	}

	// What a forwarded header calls an address may be any text.
	private static @Nullable SocketAddress shown(@Nullable SocketAddress address) {
		if (address instanceof InetSocketAddress internet && internet.isUnresolved()) {
			return InetSocketAddress.createUnresolved(PeerText.of(internet.getHostString()), internet.getPort());
		}
		return address;
	}

}
