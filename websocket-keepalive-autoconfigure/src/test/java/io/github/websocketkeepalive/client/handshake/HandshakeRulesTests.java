package io.github.websocketkeepalive.client.handshake;

import java.util.List;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeRulesTests {

	private static final HttpResponseStatus OK = HttpResponseStatus.SWITCHING_PROTOCOLS;

	// The example of RFC 6455 section 1.3.
	private final HttpHeaders request = new DefaultHttpHeaders()
		.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==")
		.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "chat, superchat");

	private final HttpHeaders response = new DefaultHttpHeaders().set(HttpHeaderNames.UPGRADE, "WebSocket")
		.set(HttpHeaderNames.CONNECTION, "keep-alive, UPGRADE")
		.set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
		.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "superchat");

	@Test
	void theExampleOfTheRfcKeepsThem() {
		assertThat(violation(this.request)).isNull();
		this.request.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		this.response.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		assertThat(violation(this.request)).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			upgrade                | h2c            | no Upgrade to websocket
			upgrade                | h2c, websocket | no Upgrade to websocket
			connection             | close          | no Connection with Upgrade
			sec-websocket-accept   | s3pPLMBiT      | Sec-WebSocket-Accept is not that of the key
			sec-websocket-protocol | chat2          | no subprotocol of those that were offered
			sec-websocket-extensions | permessage-deflate | an extension that was not offered
			""")
	void eachRuleIsHeld(String header, String value, String violation) {
		this.response.set(header, value);
		assertThat(violation(this.request)).isEqualTo(violation);
	}

	@ParameterizedTest
	@ValueSource(strings = { "sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions" })
	void whatMayComeOnceComesOnce(String header) {
		this.request.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, "superchat");
		String value = this.response.get(header, "superchat");
		this.response.set(header, List.of(value, value));
		assertThat(violation(this.request)).isEqualTo(header + " comes more than once");
	}

	@Test
	void twoUpgradesAreNone() {
		this.response.add(HttpHeaderNames.UPGRADE, "websocket");
		assertThat(violation(this.request)).isEqualTo("no Upgrade to websocket");
	}

	@Test
	void theOldHttpCannotSwitchProtocols() {
		assertThat(HandshakeRules.violation(this.request,
				new DefaultHttpResponse(HttpVersion.HTTP_1_0, OK, this.response)))
			.isEqualTo("HTTP/1.0 cannot switch protocols");
	}

	@Test
	void extensionsThatWereOfferedMayBeAccepted() {
		this.request.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS,
				List.of("x-a, permessage-deflate;client_max_window_bits", "x-b"));
		this.response.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS,
				"permessage-deflate; server_no_context_takeover, x-b");
		assertThat(violation(this.request)).isNull();
		this.response.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, "x-b, x-c");
		assertThat(violation(this.request)).isEqualTo("an extension that was not offered");
	}

	@Test
	void aProtocolThatNobodyAskedForIsNotOffered() {
		this.request.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		assertThat(violation(this.request)).isEqualTo("no subprotocol of those that were offered");
	}

	@Test
	void aProtocolThatWasAskedForIsSelected() {
		this.response.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		assertThat(violation(this.request)).isEqualTo("no subprotocol of those that were offered");
	}

	@Test
	void nothingIsAcceptedThatWasNotAskedFor() {
		assertThat(violation(new DefaultHttpHeaders())).isEqualTo("Sec-WebSocket-Accept is not that of the key");
	}

	private String violation(HttpHeaders request) {
		return HandshakeRules.violation(request, new DefaultHttpResponse(HttpVersion.HTTP_1_1, OK, this.response));
	}

}
