package io.github.websocketkeepalive.client.handshake;

import java.net.BindException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.netty.ChannelBindException;

import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.HandshakeFailure;

/**
 * Tells failures of the opening handshake apart.
 */
public final class HandshakeFailures {

	private HandshakeFailures() {
	}

	/**
	 * Return what an exception stands for.
	 * @param failure what an attempt failed with
	 * @return the failure
	 */
	public static Disconnect of(Throwable failure) {
		Throwable root = failure;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof HandshakeRefusedException refused) {
				return Disconnect.refused(refused.getStatus(), refused.getHint(), refused);
			}
			if (cause instanceof WebSocketClientHandshakeException handshake && handshake.response() != null) {
				return Disconnect.refused(handshake.response().status().code(), null, handshake);
			}
			HandshakeFailure kind = kind(cause);
			if (kind != null) {
				return Disconnect.failed(kind, cause);
			}
			root = cause;
		}
		return Disconnect.failed(HandshakeFailure.NETWORK, root);
	}

	private static @Nullable HandshakeFailure kind(Throwable failure) {
		if (failure instanceof UnknownHostException) {
			return HandshakeFailure.DNS;
		}
		if (failure instanceof ConnectTimeoutException || failure instanceof TimeoutException
				|| failure instanceof SslHandshakeTimeoutException) {
			return HandshakeFailure.TIMEOUT;
		}
		if (failure instanceof SSLException) {
			return HandshakeFailure.TLS;
		}
		String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
		if (failure instanceof BindException || failure instanceof ChannelBindException
				|| message.contains("cannot assign requested address") || message.contains("too many open files")) {
			return HandshakeFailure.PORTS_EXHAUSTED;
		}
		return (failure instanceof ConnectException && message.contains("refused")) ? HandshakeFailure.REFUSED : null;
	}

}
