package io.github.websocketkeepalive.probe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import javax.net.ssl.SSLHandshakeException;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProbeClassifierTests {

	@ParameterizedTest
	@EnumSource
	void everyHistoryHasItsKind(History history) {
		ProbeClassifier classifier = new ProbeClassifier(history.proxy, history.tls);
		history.events.accept(classifier);
		classifier.closed();
		assertThat(classifier.kind()).isEqualTo(history.kind);
		assertThat(classifier.end()).isEqualTo(history.end);
		assertThat(classifier.isProbe()).isEqualTo(history.kind != null);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1", "OPTIONS * HTTP/1.1", "GET " })
	void whatIsLoggedWhileARequestIsReadIsNoNoise(String start) {
		ProbeClassifier classifier = new ProbeClassifier(false, false);
		http(classifier, start);
		assertThat(classifier.isProbe()).isFalse();
	}

	@Test
	void oneByteAtATimeIsClassifiedAsAllAtOnce() {
		ProbeClassifier classifier = new ProbeClassifier(false, false);
		"PRI * HTTP/2.0".chars().forEach((octet) -> http(classifier, String.valueOf((char) octet)));
		assertThat(classifier.hasSpoken()).isTrue();
		assertThat(classifier.wanted()).isZero();
	}

	private static void http(ProbeClassifier classifier, String bytes) {
		classifier.receivedHttp(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
	}

	/**
	 * What happens to a connection, and what it then is.
	 */
	private enum History {

		NOTHING(false, false, Probe.Kind.EMPTY_TCP, Probe.End.FIN, (told) -> {
		}),

		NOTHING_RESET(false, false, Probe.Kind.EMPTY_TCP, Probe.End.RESET,
				(told) -> told.failed(new IOException("Connection reset by peer"), true)),

		NOTHING_TIMED_OUT(false, false, Probe.Kind.EMPTY_TCP, Probe.End.TIMEOUT,
				(told) -> told.failed(new IOException("Connection timed out"), true)),

		CLOSED(false, false, Probe.Kind.EMPTY_TCP, Probe.End.FIN,
				(told) -> told.failed(new ClosedChannelException(), false)),

		HANDSHAKE_TIMED_OUT(false, true, Probe.Kind.EMPTY_TCP, Probe.End.TIMEOUT,
				(told) -> told.failed(new SslHandshakeTimeoutException("too late"), true)),

		PROXY_HEADER(true, false, Probe.Kind.PROXY_ONLY, Probe.End.FIN, ProbeClassifier::received),

		PROXY_HEADER_BEFORE_TLS(true, true, Probe.Kind.PROXY_ONLY, Probe.End.FIN, ProbeClassifier::received),

		PROXY_AND_HELLO(true, true, Probe.Kind.TLS_ONLY, Probe.End.FIN, ProbeClassifier::receivedPastProxy),

		HELLO_CUT_OFF(false, true, Probe.Kind.TLS_ONLY, Probe.End.FIN, (told) -> {
			told.receivedPastProxy();
			told.failed(new SSLHandshakeException("Connection closed"), false);
		}),

		HELLO_RESET(false, true, Probe.Kind.TLS_ONLY, Probe.End.RESET, (told) -> {
			told.receivedPastProxy();
			told.failed(new IOException("Connection reset"), true);
			told.failed(new SSLHandshakeException("Connection closed"), true);
		}),

		HANDSHAKE(false, true, Probe.Kind.TLS_ONLY, Probe.End.FIN, (told) -> {
			told.receivedPastProxy();
			told.handshakeDone();
		}),

		REFUSED(false, true, Probe.Kind.TLS_FAILED, Probe.End.FIN, (told) -> {
			told.receivedPastProxy();
			told.failed(new DecoderException(new SSLHandshakeException("certificate_unknown")), true);
		}),

		PLAIN_ON_TLS(false, true, Probe.Kind.NOT_TLS, Probe.End.FIN, (told) -> {
			told.receivedPastProxy();
			told.failed(new NotSslRecordException("not an SSL/TLS record"), true);
		}),

		LINE(false, false, Probe.Kind.PARTIAL_REQUEST, Probe.End.FIN, (told) -> http(told, "GE")),

		HEADERS(false, false, Probe.Kind.PARTIAL_REQUEST, Probe.End.FIN, (told) -> http(told, "GET / HTTP/1.1\r\n")),

		HALF_A_PREFACE(false, false, Probe.Kind.PARTIAL_REQUEST, Probe.End.FIN, (told) -> http(told, "PRI *")),

		HEADERS_ANSWERED_TOO_LATE(false, false, Probe.Kind.PARTIAL_REQUEST, Probe.End.FIN, (told) -> {
			http(told, "GET / HTTP/1.1\r\n");
			told.closed();
			told.answered();
		}),

		GARBAGE(false, false, Probe.Kind.NOT_HTTP, Probe.End.FIN, (told) -> {
			http(told, "\1\2\3");
			told.answered();
		}),

		GARBAGE_UNANSWERED(false, false, Probe.Kind.NOT_HTTP, Probe.End.FIN, (told) -> http(told, "\1\2\3")),

		MALFORMED(false, false, null, Probe.End.FIN, (told) -> {
			http(told, "GET /a b HTTP/1.1\r\n\r\n");
			told.answered();
		}),

		REQUEST(false, false, null, Probe.End.FIN, (told) -> {
			http(told, "GET / HTTP/1.1\r\n\r\n");
			told.spoken();
		}),

		PREFACE(false, false, null, Probe.End.FIN, (told) -> http(told, "PRI * HTTP/2.0"));

		private final boolean proxy;

		private final boolean tls;

		private final Probe.Kind kind;

		private final Probe.End end;

		private final Consumer<ProbeClassifier> events;

		History(boolean proxy, boolean tls, Probe.Kind kind, Probe.End end, Consumer<ProbeClassifier> events) {
			this.proxy = proxy;
			this.tls = tls;
			this.kind = kind;
			this.end = end;
			this.events = events;
		}

	}

}
