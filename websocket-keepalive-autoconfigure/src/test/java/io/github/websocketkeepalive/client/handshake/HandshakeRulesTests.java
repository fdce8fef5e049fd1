package io.github.websocketkeepalive.client.handshake;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeRulesTests {

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
		assertThat(HandshakeRules.violation(this.request, this.response)).isNull();
		this.request.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		this.response.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		assertThat(HandshakeRules.violation(this.request, this.response)).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			upgrade                | h2c            | no Upgrade to websocket
			upgrade                | h2c, websocket | no Upgrade to websocket
			connection             | close          | no Connection with Upgrade
			sec-websocket-accept   | s3pPLMBiT      | Sec-WebSocket-Accept is not that of the key
			sec-websocket-protocol | chat2          | no subprotocol of those that were offered
			""")
	void eachRuleIsHeld(String header, String value, String violation) {
		this.response.set(header, value);
		assertThat(HandshakeRules.violation(this.request, this.response)).isEqualTo(violation);
	}

	@Test
	void aProtocolThatNobodyAskedForIsNotOffered() {
		this.request.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		assertThat(HandshakeRules.violation(this.request, this.response))
			.isEqualTo("no subprotocol of those that were offered");
	}

	@Test
	void aProtocolThatWasAskedForIsSelected() {
		this.response.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
		assertThat(HandshakeRules.violation(this.request, this.response))
			.isEqualTo("no subprotocol of those that were offered");
	}

	@Test
	void nothingIsAcceptedThatWasNotAskedFor() {
		assertThat(HandshakeRules.violation(new DefaultHttpHeaders(), this.response))
			.isEqualTo("Sec-WebSocket-Accept is not that of the key");
	}

}
