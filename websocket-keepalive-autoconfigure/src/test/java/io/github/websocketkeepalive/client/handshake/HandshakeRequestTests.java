package io.github.websocketkeepalive.client.handshake;

import java.net.URI;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HandshakeRequestTests {

	@ParameterizedTest
	@CsvSource({ "ws:localhost, /", "ws://localhost, /", "ws://localhost?a=b, /?a=b",
			"ws://localhost/a%20b?c=d, /a%20b?c=d" })
	void theTargetIsThePathWithTheQuery(URI uri, String target) {
		assertThat(new HandshakeRequest(uri).target()).isEqualTo(target);
	}

}
