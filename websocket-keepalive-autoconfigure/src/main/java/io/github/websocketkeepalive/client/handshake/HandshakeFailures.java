package io.github.websocketkeepalive.client.handshake;

import java.net.BindException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.netty.ChannelBindException;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.HandshakeFailure;

/**
 * Tells failures of the opening handshake apart.
 */
@Internal
public final class HandshakeFailures {

	private HandshakeFailures() {
	}

	/**
	 * Return what an exception stands for.
	 * @param failure what an attempt failed with
	 * @return the failure
	 */
	public static Disconnect of(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			Disconnect refusal = refusal(cause);
			if (refusal != null) {
				return refusal;
			}
		}
		if (failure instanceof IllegalArgumentException) {
			return Disconnect.failed(HandshakeFailure.REQUEST, failure);
		}
		Throwable root = failure;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			HandshakeFailure kind = kind(cause);
			if (kind != null) {
				return Disconnect.failed(kind, cause);
			}
			root = cause;
		}
		return Disconnect.failed(HandshakeFailure.NETWORK, root);
	}

	private static @Nullable Disconnect refusal(Throwable failure) {
		if (failure instanceof HandshakeRefusedException refused) {
			return refused.toDisconnect();
		}
		return (failure instanceof WebSocketClientHandshakeException handshake && handshake.response() != null)
				? Disconnect.refused(handshake.response().status().code(), null, handshake) : null;
	}

	private static @Nullable HandshakeFailure kind(Throwable failure) {
		if (failure instanceof UnknownHostException) {
			return HandshakeFailure.DNS;
		}
		if (failure instanceof ConnectTimeoutException || failure instanceof TimeoutException
				|| failure instanceof SslHandshakeTimeoutException) {
			return HandshakeFailure.TIMEOUT;
		}
		// TLS fails when the proxy before it does.
		if (failure instanceof SSLException && !(failure.getCause() instanceof ProxyConnectException)) {
			return HandshakeFailure.TLS;
		}
		if (failure instanceof ProxyConnectException) {
			return HandshakeFailure.PROXY;
		}
		// A codec with a cause has only met what other handlers failed with.
		if (failure instanceof ProtocolException || failure instanceof CodecException && failure.getCause() == null) {
			return HandshakeFailure.INVALID_RESPONSE;
		}
		String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
		if (failure instanceof BindException || failure instanceof ChannelBindException
				|| message.contains("cannot assign requested address") || message.contains("too many open files")) {
			return HandshakeFailure.PORTS_EXHAUSTED;
		}
		return (failure instanceof ConnectException && message.contains("refused")) ? HandshakeFailure.REFUSED : null;
	}

}
