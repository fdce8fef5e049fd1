package io.github.websocketkeepalive.client.handshake;

import java.net.URI;

import org.springframework.http.HttpHeaders;

/**
 * Where a client connects to, and what it says there.
 *
 * @param uri where to, {@code ws} or {@code wss}, without a user or a password
 * @param headers the headers of the handshake
 */
public record HandshakeRequest(URI uri, HttpHeaders headers) {

	/**
	 * Create a request without headers of its own.
	 * @param uri where to
	 */
	public HandshakeRequest(URI uri) {
		this(uri, new HttpHeaders());
	}

	/**
	 * Return the path and query that are asked for.
	 * @return the request target (RFC 9112 section 3.2.1)
	 */
	public String target() {
		String path = this.uri.getRawPath();
		String query = this.uri.getRawQuery();
		return ((path == null || path.isEmpty()) ? "/" : path) + ((query != null) ? "?" + query : "");
	}

}
