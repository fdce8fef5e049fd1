package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.ChannelBindException;

import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.HandshakeFailure;
import io.github.websocketkeepalive.client.reconnect.RetryHint;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeFailuresTests {

	static Stream<Arguments> failures() {
		return Stream.of(Arguments.of(new UnknownHostException("nowhere.invalid"), HandshakeFailure.DNS),
				Arguments.of(new ConnectException("Connection refused: localhost/127.0.0.1:1"),
						HandshakeFailure.REFUSED),
				Arguments.of(new IOException("refused by a proxy"), HandshakeFailure.NETWORK),
				Arguments.of(new BindException("Address already in use"), HandshakeFailure.PORTS_EXHAUSTED),
				Arguments.of(ChannelBindException.fail(new InetSocketAddress(0), new IOException("no")),
						HandshakeFailure.PORTS_EXHAUSTED),
				Arguments.of(new IOException("connect(..) failed: Cannot assign requested address"),
						HandshakeFailure.PORTS_EXHAUSTED),
				Arguments.of(new IllegalStateException("failed to create a child event loop",
						new IOException("Too many open files")), HandshakeFailure.PORTS_EXHAUSTED),
				Arguments.of(new DecoderException(new SSLHandshakeException("PKIX path building failed")),
						HandshakeFailure.TLS),
				Arguments.of(new ConnectTimeoutException("connection timed out"), HandshakeFailure.TIMEOUT),
				Arguments.of(new SslHandshakeTimeoutException("handshake timed out after 10000ms"),
						HandshakeFailure.TIMEOUT),
				Arguments.of(new TimeoutException("no connection within 10 ms"), HandshakeFailure.TIMEOUT),
				Arguments.of(new IOException("Connection reset"), HandshakeFailure.NETWORK),
				Arguments.of(new ConnectException("No route to host"), HandshakeFailure.NETWORK));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void failuresAreToldApart(Throwable failure, HandshakeFailure kind) {
		assertThat(HandshakeFailures.of(failure).cause()).isEqualTo(kind.text());
		assertThat(HandshakeFailures.of(failure).description()).startsWith(kind.description() + ": ");
	}

	@Test
	void aRefusalTellsStatusAndHint() {
		RetryHint hint = new RetryHint(Duration.ofSeconds(7), true);
		Disconnect refusal = HandshakeFailures.of(new IllegalStateException(new HandshakeRefusedException(503, hint)));
		assertThat(refusal.isRefusal()).isTrue();
		assertThat(refusal.code()).isEqualTo(503);
		assertThat(refusal.hint()).isEqualTo(hint);
	}

	@Test
	void aRedirectThatReactorNettyDoesNotFollowIsARefusal() {
		DefaultHttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.FOUND);
		Disconnect refusal = HandshakeFailures.of(new WebSocketClientHandshakeException("302 Found", response));
		assertThat(refusal.isRefusal()).isTrue();
		assertThat(refusal.code()).isEqualTo(302);
	}

}
