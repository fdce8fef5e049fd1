package io.github.websocketkeepalive.client.reconnect;

import java.net.URISyntaxException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.peer.PeerAddress;
import io.github.websocketkeepalive.peer.PeerText;

/**
 * How an attempt to be connected ended: either it opened a connection that has ended
 * since, or it failed before.
 *
 * @param cause the text of a {@link CloseCause}, or of a {@link HandshakeFailure}
 * @param code the close code (RFC 6455 section 7.1.5), or the status with which the
 * server, or a proxy, refused the handshake; 0 if there is neither
 * @param description what happened, for people; what the server chose is escaped
 * @param lived how long the connection was open, or {@code null} if it never was
 * @param hint when the server wants this client back
 * @param failure what the handler, or the handshake, failed with
 */
public record Disconnect(String cause, int code, String description, @Nullable Duration lived, @Nullable RetryHint hint,
		@Nullable Throwable failure) {

	/**
	 * Create the end of a connection that was open.
	 * @param cause why it ended
	 * @param code the close code
	 * @param reason the reason of the Close frame, if there was one
	 * @param lived how long it was open
	 * @param failure what the handler failed with, if it did
	 * @return the end
	 */
	public static Disconnect closed(CloseCause cause, int code, @Nullable String reason, Duration lived,
			@Nullable Throwable failure) {
		String suffix = (reason != null && !reason.isEmpty()) ? " \"" + PeerText.of(reason) + "\"" : "";
		return new Disconnect(cause.text(), code, cause.text() + " " + code + suffix, lived,
				RetryHint.ofCloseReason(reason), failure);
	}

	/**
	 * Create the failure of a handshake.
	 * @param kind what kind of failure
	 * @param failure the exception
	 * @return the failure
	 */
	public static Disconnect failed(HandshakeFailure kind, Throwable failure) {
		return new Disconnect(kind.text(), 0, kind.description() + ": " + message(failure), null, null, failure);
	}

	/**
	 * Create the refusal of a handshake by the server.
	 * @param status the status of the response
	 * @param hint when the server wants this client back
	 * @param failure the exception
	 * @return the refusal
	 */
	public static Disconnect refused(int status, @Nullable RetryHint hint, Throwable failure) {
		return new Disconnect(HandshakeFailure.HTTP_STATUS.text(), status,
				HandshakeFailure.HTTP_STATUS.description() + " with status " + status, null, hint, failure);
	}

	/**
	 * Create the refusal of a handshake by a proxy.
	 * @param status the status of the response
	 * @param hint when the proxy wants this client back
	 * @param failure the exception
	 * @return the refusal
	 */
	public static Disconnect refusedByProxy(int status, @Nullable RetryHint hint, Throwable failure) {
		return new Disconnect(HandshakeFailure.PROXY.text(), status,
				HandshakeFailure.PROXY.description() + ": status " + status, null, hint, failure);
	}

	/**
	 * Return whether the server, or a proxy, refused the handshake.
	 * @return {@code true} if {@link #code()} is a status of HTTP
	 */
	public boolean isRefusal() {
		return this.lived == null && this.code != 0;
	}

	/**
	 * Return whether the connection ended as it was meant to.
	 * @return {@code true} if the handler ended it, or either end closed it with 1000
	 */
	public boolean isNormal() {
		return this.cause.equals(CloseCause.LOCAL_CLOSED.text()) || (this.lived != null && this.code == 1000);
	}

	// What Java says of a URI that it cannot read quotes it, and any password in it.
	private static String message(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof URISyntaxException wrong) {
				return "the URI cannot be read: " + wrong.getReason();
			}
		}
		String message = failure.getMessage();
		return (message != null) ? PeerAddress.inMessage(message) : failure.getClass().getSimpleName();
	}

	/**
	 * Return what may be logged: not the failure, which may quote the server as it is.
	 */
	@Override
	public String toString() {
		return "Disconnect[cause=%s, code=%d, description=%s, lived=%s, hint=%s]".formatted(this.cause, this.code,
				this.description, this.lived, this.hint);
	}

}
