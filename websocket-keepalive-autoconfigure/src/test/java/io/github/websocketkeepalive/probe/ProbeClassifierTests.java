package io.github.websocketkeepalive.probe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProbeClassifierTests {

	@ParameterizedTest
	@EnumSource
	void everyHistoryHasItsKind(History history) {
		ProbeClassifier classifier = new ProbeClassifier(history.proxy, history.tls, true);
		history.events.accept(classifier);
		classifier.closed();
		assertThat(classifier.kind()).isEqualTo(history.kind);
		assertThat(classifier.end()).isEqualTo(history.end);
		assertThat(classifier.isProbe()).isEqualTo(history.kind != null);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1", "OPTIONS * HTTP/1.1", "GET " })
	void whatIsLoggedWhileARequestIsReadIsNoNoise(String start) {
		ProbeClassifier classifier = new ProbeClassifier(false, false, true);
		http(classifier, start);
		assertThat(classifier.isProbe()).isFalse();
	}

	@Test
	void oneByteAtATimeIsClassifiedAsAllAtOnce() {
		ProbeClassifier classifier = new ProbeClassifier(false, false, true);
		"PRI * HTTP/2.0".chars().forEach((octet) -> http(classifier, String.valueOf((char) octet)));
		assertThat(classifier.hasSpoken()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET ", "POST ", "PUT ", "HEAD ", "PATCH ", "DELETE ", "OPTIONS ", "CONNECT ", "TRACE ",
			"PRI * H" })
	void whatMayBecomeARequestIsTheBeginningOfOneAndWhatCannotIsNoHttp(String start) {
		for (int length = 1; length < start.length(); length++) {
			String beginning = start.substring(0, length);
			assertThat(kindOf(beginning)).as(beginning).isEqualTo(Probe.Kind.PARTIAL_REQUEST);
			assertThat(kindOf(beginning + "\1")).as(beginning + " and more").isEqualTo(Probe.Kind.NOT_HTTP);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\n", "get / HTTP/1.1\r\n", "\u0016\u0003\u0001\u0002", "PROXY TCP4 1",
			"\r\n\r\n", "PRI * HTTP/2.0", "PRI * FTP/2.0", "GETTING THERE" })
	void whereTheBytesAreCutDoesNotMatter(String bytes) {
		Probe.Kind kind = kindOf(bytes);
		for (int first = 0; first <= bytes.length(); first++) {
			for (int second = first; second <= bytes.length(); second++) {
				ProbeClassifier classifier = new ProbeClassifier(false, false, true);
				http(classifier, bytes.substring(0, first));
				http(classifier, bytes.substring(first, second));
				http(classifier, bytes.substring(second));
				classifier.closed();
				assertThat(classifier.kind()).as("%d, %d", first, second).isEqualTo(kind);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /\r\n", "GET /\n", "HEAD /actuator/health \r\n", "GET\t/\r\nHost: localhost\r\n" })
	void aRequestWithoutAVersionIsNoHttp(String request) {
		ProbeClassifier classifier = new ProbeClassifier(false, false, true);
		http(classifier, request);
		assertThat(classifier.isProbe()).isTrue();
		classifier.answered();
		classifier.closed();
		assertThat(classifier.kind()).isEqualTo(Probe.Kind.NOT_HTTP);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/9\r\n", "GET / or not\r\n", "GET / HTTP/1.1\r\n\u0001" })
	void aMalformedRequestWithAVersionIsOfAClientInEarnest(String request) {
		ProbeClassifier classifier = new ProbeClassifier(false, false, true);
		http(classifier, request);
		assertThat(classifier.isProbe()).isFalse();
		classifier.answered();
		classifier.closed();
		assertThat(classifier.kind()).isNull();
	}

	@Test
	void thePrefaceOfHttp2IsNoRequestWhereTheServerDoesNotUnderstandIt() {
		ProbeClassifier classifier = new ProbeClassifier(false, false, false);
		http(classifier, "PRI * HTTP/2.0\r\n\r\n");
		classifier.spoken();
		classifier.answered();
		http(classifier, "SM\r\n\r\n");
		assertThat(classifier.isProbe()).isTrue();
		classifier.closed();
		assertThat(classifier.kind()).isEqualTo(Probe.Kind.NOT_HTTP);
	}

	/**
	 * Every history of up to five events, whether it can happen or not.
	 */
	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void noHistoryOfAnyOrderBreaksTheRules(boolean proxy, boolean tls) {
		int events = Event.values().length;
		for (int history = 0; history < Math.pow(events, 5); history++) {
			ProbeClassifier classifier = new ProbeClassifier(proxy, tls, true);
			Set<Event> told = EnumSet.noneOf(Event.class);
			for (int rest = history; rest > 0; rest /= events) {
				Event event = Event.values()[rest % events];
				event.on.accept(classifier);
				told.add(event);
			}
			classifier.closed();
			Probe.Kind kind = classifier.kind();
			boolean spoken = told.contains(Event.SPOKEN);
			assertThat(classifier.isProbe()).isEqualTo(kind != null);
			assertThat(spoken && kind != null).as("%s", told).isFalse();
			if (!spoken) {
				boolean received = told.contains(Event.RECEIVED) || told.contains(Event.PAST_PROXY)
						|| told.contains(Event.HTTP) || told.contains(Event.GARBAGE);
				assertThat(kind == Probe.Kind.EMPTY_TCP).as("%s", told).isEqualTo(!received);
			}
			assertThat(kind == Probe.Kind.PROXY_ONLY && !proxy).as("%s", told).isFalse();
			assertThat(kind == Probe.Kind.TLS_FAILED && !told.contains(Event.TLS_FAILURE)).as("%s", told).isFalse();
			assertThat(classifier.end() == Probe.End.RESET).as("%s", told).isEqualTo(told.contains(Event.RESET));
		}
	}

	private static Probe.Kind kindOf(String bytes) {
		ProbeClassifier classifier = new ProbeClassifier(false, false, true);
		http(classifier, bytes);
		classifier.closed();
		return classifier.kind();
	}

	private static void http(ProbeClassifier classifier, String bytes) {
		classifier.receivedHttp(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
	}

	/**
	 * Something that happens to a connection.
	 */
	private enum Event {

		NOTHING((told) -> {
		}),

		RECEIVED(ProbeClassifier::received),

		PAST_PROXY(ProbeClassifier::receivedPastProxy),

		HTTP((told) -> http(told, "GET / HTTP/1.1\r\n")),

		GARBAGE((told) -> http(told, "\1")),

		HANDSHAKE(ProbeClassifier::handshakeDone),

		TLS_FAILURE((told) -> told.failed(new SSLHandshakeException("certificate_unknown"), true)),

		RESET((told) -> told.failed(new IOException("Connection reset by peer"), true)),

		ANSWERED(ProbeClassifier::answered),

		SPOKEN(ProbeClassifier::spoken);

		private final Consumer<ProbeClassifier> on;

		Event(Consumer<ProbeClassifier> on) {
			this.on = on;
		}

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

		NOT_THE_PROXY_PROTOCOL(true, false, Probe.Kind.NOT_HTTP, Probe.End.FIN, (told) -> {
			told.received();
			told.failed(new DecoderException(new HAProxyProtocolException("no header")), true);
		}),

		GARBAGE_PAST_PROXY(true, false, Probe.Kind.NOT_HTTP, Probe.End.FIN, (told) -> {
			told.received();
			http(told, "\1\2\3");
		}),

		LINE_OVER_TLS(false, true, Probe.Kind.PARTIAL_REQUEST, Probe.End.RESET, (told) -> {
			told.receivedPastProxy();
			told.handshakeDone();
			http(told, "GET");
			told.failed(new IOException("Connection reset by peer"), true);
		}),

		GARBAGE_OVER_TLS(false, true, Probe.Kind.NOT_HTTP, Probe.End.FIN, (told) -> {
			told.receivedPastProxy();
			told.handshakeDone();
			http(told, "\1");
		}),

		CLOSE_NOTIFY_MISSING(false, true, Probe.Kind.TLS_ONLY, Probe.End.FIN, (told) -> {
			told.receivedPastProxy();
			told.handshakeDone();
			told.failed(new SSLException("closing inbound before receiving peer's close_notify"), true);
		}),

		READ_TIMED_OUT(false, false, Probe.Kind.PARTIAL_REQUEST, Probe.End.TIMEOUT, (told) -> {
			http(told, "GE");
			told.failed(ReadTimeoutException.INSTANCE, true);
		}),

		RESET_THEN_CLOSED(false, false, Probe.Kind.EMPTY_TCP, Probe.End.RESET, (told) -> {
			told.failed(new IOException("Connection reset by peer"), true);
			told.failed(new ClosedChannelException(), false);
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
