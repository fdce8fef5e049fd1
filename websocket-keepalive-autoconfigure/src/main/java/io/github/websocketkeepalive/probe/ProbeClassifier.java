package io.github.websocketkeepalive.probe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Set;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/**
 * Decides what a connection is that has not asked for anything yet. Told what happens to
 * it; does no I/O.
 */
final class ProbeClassifier {

	private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "HEAD", "PATCH", "DELETE", "OPTIONS",
			"CONNECT", "TRACE");

	private static final String HTTP2_PREFACE = "PRI * HT";

	private static final int PREFIX_LENGTH = HTTP2_PREFACE.length();

	/**
	 * Number of words in the first line of a request that names a version.
	 */
	private static final int WORDS = 3;

	private final StringBuilder prefix = new StringBuilder(PREFIX_LENGTH);

	private final boolean proxy;

	private final boolean tls;

	private final boolean http2;

	private int words;

	private boolean withinWord;

	private boolean lineEnded;

	private boolean hasMethod;

	private boolean received;

	private boolean pastProxy;

	private boolean spoken;

	private boolean malformed;

	private boolean notProxy;

	private boolean closed;

	private Handshake handshake = Handshake.PENDING;

	private Probe.End end = Probe.End.FIN;

	/**
	 * Create a classifier for one connection.
	 * @param proxy whether a header of the PROXY protocol may come first
	 * @param tls whether TLS must come before a request
	 * @param http2 whether the server understands HTTP/2
	 */
	ProbeClassifier(boolean proxy, boolean tls, boolean http2) {
		this.proxy = proxy;
		this.tls = tls;
		this.http2 = http2;
	}

	/**
	 * Something was received on the wire.
	 */
	void received() {
		this.received = true;
	}

	/**
	 * Something was received behind what the PROXY protocol takes.
	 */
	void receivedPastProxy() {
		this.received = true;
		this.pastProxy = true;
	}

	/**
	 * Something was received that is to be HTTP.
	 * @param bytes what was received; its position is moved
	 */
	void receivedHttp(ByteBuffer bytes) {
		receivedPastProxy();
		while (isWithinFirstLine() && bytes.hasRemaining()) {
			receivedHttp((char) (bytes.get() & 0xFF));
		}
		this.spoken |= this.http2 && isPreface();
	}

	private void receivedHttp(char octet) {
		if (this.prefix.length() < PREFIX_LENGTH) {
			this.prefix.append(octet);
			int space = this.prefix.indexOf(" ");
			this.hasMethod = space > 0 && METHODS.contains(this.prefix.substring(0, space));
		}
		boolean space = Character.isWhitespace(octet);
		if (!space && !this.withinWord) {
			this.words++;
		}
		this.withinWord = !space;
		this.lineEnded = octet == '\n' && this.words > 0;
	}

	private boolean isWithinFirstLine() {
		return !this.lineEnded && (this.prefix.length() < PREFIX_LENGTH || this.hasMethod);
	}

	private boolean isPreface() {
		return HTTP2_PREFACE.contentEquals(this.prefix);
	}

	void handshakeDone() {
		this.handshake = Handshake.DONE;
	}

	/**
	 * A valid request was received. To a decoder of HTTP/1.1 the preface of HTTP/2 is
	 * one, but it asks for nothing.
	 */
	void spoken() {
		this.spoken |= !isPreface();
	}

	/**
	 * The server answers. If there was no valid request, what was received could not be
	 * decoded; nor can what ends too early, but that is not malformed.
	 */
	void answered() {
		this.malformed |= !this.closed;
	}

	/**
	 * An exception came up.
	 * @param failure the exception
	 * @param active whether the connection was open until then: what a closed connection
	 * interrupts has not failed
	 */
	void failed(Throwable failure, boolean active) {
		Throwable cause = (failure instanceof IOException || failure.getCause() == null) ? failure : failure.getCause();
		String name = cause.getClass().getSimpleName();
		if (name.contains("Timeout")) {
			this.end = Probe.End.TIMEOUT;
		}
		else if (name.equals("HAProxyProtocolException")) {
			this.notProxy = true;
		}
		else if (cause instanceof SSLException) {
			if (active && this.tls && this.handshake == Handshake.PENDING && this.end == Probe.End.FIN) {
				this.handshake = name.equals("NotSslRecordException") ? Handshake.NOT_TLS : Handshake.FAILED;
			}
		}
		else if (cause instanceof IOException && !(cause instanceof ClosedChannelException)) {
			String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
			this.end = message.contains("timed out") ? Probe.End.TIMEOUT : Probe.End.RESET;
		}
	}

	/**
	 * The connection is closed.
	 */
	void closed() {
		this.closed = true;
	}

	boolean hasSpoken() {
		return this.spoken;
	}

	boolean isTls() {
		return this.tls;
	}

	boolean hasFailedTls() {
		return this.handshake == Handshake.FAILED;
	}

	/**
	 * Return whether there is no sign of a real client. A client whose HTTP is malformed
	 * is a real one.
	 * @return whether what is logged about the connection now is noise
	 */
	boolean isProbe() {
		return !this.spoken && (this.closed ? kind() != null : !isHttp());
	}

	/**
	 * Return what the connection was.
	 * @return the kind, or {@code null} if a client in earnest
	 */
	Probe.@Nullable Kind kind() {
		if (this.spoken) {
			return null;
		}
		if (!this.received) {
			return Probe.Kind.EMPTY_TCP;
		}
		if (this.proxy && !this.pastProxy) {
			return this.notProxy ? Probe.Kind.NOT_HTTP : Probe.Kind.PROXY_ONLY;
		}
		if (this.tls && this.handshake != Handshake.DONE) {
			return switch (this.handshake) {
				case NOT_TLS -> Probe.Kind.NOT_TLS;
				case FAILED -> Probe.Kind.TLS_FAILED;
				default -> Probe.Kind.TLS_ONLY;
			};
		}
		if (this.prefix.isEmpty()) {
			return Probe.Kind.TLS_ONLY;
		}
		if (this.malformed && isHttp()) {
			return null;
		}
		return (!this.malformed && mayBecomeHttp()) ? Probe.Kind.PARTIAL_REQUEST : Probe.Kind.NOT_HTTP;
	}

	Probe.End end() {
		return this.end;
	}

	private boolean isHttp() {
		return this.hasMethod && (!this.lineEnded || this.words >= WORDS);
	}

	private boolean mayBecomeHttp() {
		if (this.lineEnded) {
			return isHttp();
		}
		String text = this.prefix.toString();
		return (this.http2 && HTTP2_PREFACE.startsWith(text)) || METHODS.stream()
			.map((method) -> method + " ")
			.anyMatch((start) -> start.startsWith(text) || text.startsWith(start));
	}

	/**
	 * How far the TLS handshake is.
	 */
	private enum Handshake {

		/** Not complete. */
		PENDING,

		/** Complete. */
		DONE,

		/** What was received is not TLS. */
		NOT_TLS,

		/** Refused by either side. */
		FAILED

	}

}
