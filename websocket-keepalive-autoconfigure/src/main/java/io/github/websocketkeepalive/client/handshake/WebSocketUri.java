package io.github.websocketkeepalive.client.handshake;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * Whether a client can connect to a URI at all.
 */
@Internal
public final class WebSocketUri {

	private static final Set<String> SCHEMES = Set.of("ws", "wss", "http", "https");

	private static final int HIGHEST_PORT = 65_535;

	private WebSocketUri() {
	}

	/**
	 * Return why a connection cannot be opened, whatever the network does. What is
	 * returned quotes nothing of the URI, in which there may be a password or a token.
	 * @param uri where to
	 * @param hasAddress whether the HTTP client knows the server for a relative URI
	 * @return the reason, or {@code null} if there is none
	 */
	public static @Nullable String fault(URI uri, boolean hasAddress) {
		if (uri.getRawUserInfo() != null) {
			return "it has a user or a password; send an Authorization header instead";
		}
		String scheme = uri.getScheme();
		if (scheme == null) {
			boolean path = uri.getRawAuthority() == null && uri.toString().startsWith("/");
			return (hasAddress && path) ? null : "it is relative";
		}
		if (!SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))) {
			return "its scheme is not ws, wss, http or https";
		}
		if (uri.getHost() == null) {
			return "its host is missing or not a valid host name";
		}
		return (uri.getPort() > HIGHEST_PORT) ? "its port is above " + HIGHEST_PORT : null;
	}

}
