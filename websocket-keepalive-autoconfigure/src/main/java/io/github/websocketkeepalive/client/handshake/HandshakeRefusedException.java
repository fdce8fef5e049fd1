package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;
import java.time.Instant;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.RetryHint;

/**
 * The server answered an opening handshake with a status other than 101, or the proxy
 * before it did not connect. Without a stack trace, since it can come once a second and
 * says nothing about our code.
 */
public final class HandshakeRefusedException extends IOException {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final boolean byProxy;

	private final transient @Nullable RetryHint hint;

	private HandshakeRefusedException(HttpResponse response, boolean byProxy) {
		super("status " + response.status().code());
		this.status = response.status().code();
		this.byProxy = byProxy;
		this.hint = hint(response.headers());
	}

	/**
	 * Create an exception for what a server answered.
	 * @param response the response
	 * @return the exception
	 */
	static HandshakeRefusedException ofServer(HttpResponse response) {
		return new HandshakeRefusedException(response, false);
	}

	/**
	 * Create an exception for what a proxy answered.
	 * @param response the response
	 * @return the exception
	 */
	static HandshakeRefusedException ofProxy(HttpResponse response) {
		return new HandshakeRefusedException(response, true);
	}

	/**
	 * Return the status.
	 * @return the status of HTTP
	 */
	public int getStatus() {
		return this.status;
	}

	@Nullable RetryHint getHint() {
		return this.hint;
	}

	Disconnect toDisconnect() {
		return this.byProxy ? Disconnect.refusedByProxy(this.status, this.hint, this)
				: Disconnect.refused(this.status, this.hint, this);
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

	private static @Nullable RetryHint hint(HttpHeaders headers) {
		return RetryHint.ofHeaders(headers.get("Retry-After-Ms"), headers.get(HttpHeaderNames.RETRY_AFTER),
				Instant.now());
	}

}
