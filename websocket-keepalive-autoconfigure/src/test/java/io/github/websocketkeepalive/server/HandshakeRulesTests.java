package io.github.websocketkeepalive.server;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.server.HttpServerRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link HandshakeRules}. What is refused is in {@code StrictHandshakeTests}.
 */
class HandshakeRulesTests {

	private final HttpHeaders headers = new DefaultHttpHeaders();

	@ParameterizedTest
	@ValueSource(strings = { "permessage-deflate", "permessage-deflate; client_max_window_bits",
			"permessage-deflate;server_max_window_bits=10;client_max_window_bits=\"9\",permessage-deflate",
			"x-own; client_max_window_bits=many", "permessage-deflate; unknown=many" })
	void offersOfCompressionThatCanBeReadAreLeftAlone(String offers) {
		this.headers.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, offers);
		declineUnreadable();
		assertThat(this.headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)).containsExactly(offers);
	}

	@ParameterizedTest
	@ValueSource(strings = { ";", ";;", "permessage-deflate; client_max_window_bits=many",
			"permessage-deflate; server_max_window_bits", "permessage-deflate; CLIENT_max_window_bits=",
			"permessage-deflate; server_max_window_bits=99999999999" })
	void anOfferOfCompressionThatCannotBeReadIsDeclinedAlone(String offer) {
		this.headers.add(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, offer + ", x-own");
		this.headers.add(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, "permessage-deflate");
		declineUnreadable();
		assertThat(this.headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS))
			.containsExactly("x-own,permessage-deflate");
		this.headers.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, offer);
		declineUnreadable();
		assertThat(this.headers.contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)).isFalse();
	}

	private void declineUnreadable() {
		HttpServerRequest request = mock(HttpServerRequest.class);
		given(request.requestHeaders()).willReturn(this.headers);
		HandshakeRules.declineUnreadable(request);
	}

}
