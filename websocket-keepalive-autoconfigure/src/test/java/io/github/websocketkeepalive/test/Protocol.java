package io.github.websocketkeepalive.test;

import java.nio.file.Path;

/**
 * How client and server agree to speak.
 */
public enum Protocol {

	HTTP1(false, false, false),

	HTTP1_OVER_TLS(true, false, false),

	HTTP1_OVER_TLS_WHERE_HTTP2_IS_ENABLED(true, true, false),

	HTTP2_OVER_TLS(true, true, true),

	HTTP2_CLEARTEXT(false, true, true);

	private final boolean tls;

	private final boolean http2Enabled;

	private final boolean http2Stream;

	Protocol(boolean tls, boolean http2Enabled, boolean http2Stream) {
		this.tls = tls;
		this.http2Enabled = http2Enabled;
		this.http2Stream = http2Stream;
	}

	public boolean isTls() {
		return this.tls;
	}

	public boolean isHttp2Stream() {
		return this.http2Stream;
	}

	/**
	 * Return a server that speaks so.
	 * @param directory where its certificate is kept
	 */
	public TestServer.Builder server(Transport transport, Path directory) throws Exception {
		TestServer.Builder server = TestServer.on(transport).property("server.http2.enabled", this.http2Enabled);
		if (this.tls) {
			server.property("server.ssl.key-store", SelfSignedKeyStore.in(directory).toUri())
				.property("server.ssl.key-store-password", SelfSignedKeyStore.PASSWORD);
		}
		return server;
	}

}
