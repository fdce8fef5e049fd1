package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.client.reconnect.RetryHint;

/**
 * The server answered an opening handshake with a status other than 101. Without a stack
 * trace, since it can come once a second and says nothing about our code.
 */
public final class HandshakeRefusedException extends IOException {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final transient @Nullable RetryHint hint;

	HandshakeRefusedException(int status, @Nullable RetryHint hint) {
		super("status " + status);
		this.status = status;
		this.hint = hint;
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

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
