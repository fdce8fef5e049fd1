package io.github.websocketkeepalive.client.reconnect;

/**
 * Why a connection could not be opened. A closed vocabulary: states, logs and metrics use
 * no other.
 */
public enum HandshakeFailure {

	/**
	 * The name of the host has no address.
	 */
	DNS("dns-failed", "the name of the host could not be resolved"),

	/**
	 * Nothing listens there.
	 */
	REFUSED("connection-refused", "nothing listens there"),

	/**
	 * This host has no local port or file descriptor left.
	 */
	PORTS_EXHAUSTED("ports-exhausted", "this host has no local port or file descriptor left"),

	/**
	 * TLS could not be agreed on, or the certificate is not trusted.
	 */
	TLS("tls-failed", "TLS failed"),

	/**
	 * The handshake took too long.
	 */
	TIMEOUT("handshake-timeout", "the handshake took too long"),

	/**
	 * The server answered with another status than 101.
	 */
	HTTP_STATUS("http-status", "the server refused the handshake"),

	/**
	 * The proxy did not connect to the server.
	 */
	PROXY("proxy-failed", "the proxy did not connect"),

	/**
	 * The server answered, but not as RFC 6455 asks.
	 */
	INVALID_RESPONSE("invalid-response", "the answer is not a WebSocket handshake"),

	/**
	 * The URI or the headers of the handshake could not be made.
	 */
	REQUEST("request-failed", "the request could not be made"),

	/**
	 * No client can connect to the URI, so that trying again is of no use.
	 */
	INVALID_URI("invalid-uri", "no client can connect to the URI"),

	/**
	 * Anything else that goes wrong on a network.
	 */
	NETWORK("network", "the network failed");

	private final String text;

	private final String description;

	HandshakeFailure(String text, String description) {
		this.text = text;
		this.description = description;
	}

	/**
	 * Return the name that states, logs and metrics use.
	 * @return the name, in lower case with hyphens
	 */
	public String text() {
		return this.text;
	}

	/**
	 * Return what it means.
	 * @return a short phrase
	 */
	public String description() {
		return this.description;
	}

}
