package io.github.websocketkeepalive.abuse;

import java.util.Locale;

/**
 * How attackers speak to the server.
 */
enum Wire {

	HTTP1(false, false),

	HTTP1_DEFLATE(false, true),

	HTTP2(true, false),

	HTTP2_DEFLATE(true, true);

	private final boolean http2;

	private final boolean deflate;

	Wire(boolean http2, boolean deflate) {
		this.http2 = http2;
		this.deflate = deflate;
	}

	/**
	 * Return whether WebSockets are streams of HTTP/2 (RFC 8441), without TLS.
	 */
	boolean isHttp2() {
		return this.http2;
	}

	/**
	 * Return whether permessage-deflate is agreed on.
	 */
	boolean isDeflate() {
		return this.deflate;
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', '+');
	}

}
