package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.proxy.ProxyConnectException;
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
				Arguments.of(new ProxyConnectException("connection refused"), HandshakeFailure.PROXY),
				Arguments.of(new ProxyConnectException("reset", new IOException("reset")), HandshakeFailure.PROXY),
				Arguments.of(new SSLException("failure when writing TLS control frames",
						new ProxyConnectException("timeout")), HandshakeFailure.PROXY),
				Arguments.of(new ProtocolException("no Upgrade to websocket"), HandshakeFailure.INVALID_RESPONSE),
				Arguments.of(new CodecException("invalid WebSocket Extension handshake"),
						HandshakeFailure.INVALID_RESPONSE),
				Arguments.of(new IllegalArgumentException("a header value contains a prohibited character"),
						HandshakeFailure.REQUEST),
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
		HttpResponse response = refusal(503);
		Disconnect refusal = HandshakeFailures
			.of(new IllegalStateException(HandshakeRefusedException.ofServer(response)));
		assertThat(refusal.cause()).isEqualTo("http-status");
		assertThat(refusal.isRefusal()).isTrue();
		assertThat(refusal.code()).isEqualTo(503);
		assertThat(refusal.hint()).isEqualTo(new RetryHint(Duration.ofSeconds(7), true));
	}

	@Test
	void aRefusalOfAProxyTellsStatusAndHint() {
		Disconnect refusal = HandshakeFailures
			.of(new ProxyConnectException("http", HandshakeRefusedException.ofProxy(refusal(407))));
		assertThat(refusal.cause()).isEqualTo("proxy-failed");
		assertThat(refusal.description()).isEqualTo("the proxy did not connect: status 407");
		assertThat(refusal.isRefusal()).isTrue();
		assertThat(refusal.code()).isEqualTo(407);
		assertThat(refusal.hint()).isEqualTo(new RetryHint(Duration.ofSeconds(7), true));
	}

	private static HttpResponse refusal(int status) {
		HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
		response.headers().set("Retry-After", "7");
		return response;
	}

	@Test
	void aRedirectThatReactorNettyDoesNotFollowIsARefusal() {
		DefaultHttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.FOUND);
		Disconnect refusal = HandshakeFailures.of(new WebSocketClientHandshakeException("302 Found", response));
		assertThat(refusal.isRefusal()).isTrue();
		assertThat(refusal.code()).isEqualTo(302);
	}

}
