package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.github.websocketkeepalive.client.reconnect.HandshakeFailure;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeFailuresTests {

	static Stream<Arguments> failures() {
		return Stream.of(Arguments.of(new UnknownHostException("nowhere.invalid"), HandshakeFailure.DNS),
				Arguments.of(new ConnectException("Connection refused: localhost/127.0.0.1:1"),
						HandshakeFailure.REFUSED),
				Arguments.of(new BindException("Cannot assign requested address"), HandshakeFailure.PORTS_EXHAUSTED),
				Arguments.of(new IllegalStateException("failed to create a child event loop",
						new IOException("Too many open files")), HandshakeFailure.PORTS_EXHAUSTED),
				Arguments.of(new DecoderException(new SSLHandshakeException("PKIX path building failed")),
						HandshakeFailure.TLS),
				Arguments.of(new ConnectTimeoutException("connection timed out"), HandshakeFailure.TIMEOUT),
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

}
