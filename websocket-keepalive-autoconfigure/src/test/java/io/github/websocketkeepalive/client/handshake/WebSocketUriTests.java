package io.github.websocketkeepalive.client.handshake;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketUriTests {

	@ParameterizedTest
	@ValueSource(strings = { "ws://localhost", "WSS://example.com:8443/ws?a=b", "http://[::1]:80/", "https://127.0.0.1",
			"ws://localhost:65535/" })
	void aClientMayConnectTo(URI uri) {
		assertThat(WebSocketUri.fault(uri, false)).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			ws://user:secret@localhost/  | it has a user or a password; send an Authorization header instead
			//user@localhost/            | it has a user or a password; send an Authorization header instead
			/ws                          | it is relative
			localhost                    | it is relative
			wws://localhost              | its scheme is not ws, wss, http or https
			user:secret@localhost        | its scheme is not ws, wss, http or https
			ws:localhost                 | its host is missing or not a valid host name
			ws:///ws                     | its host is missing or not a valid host name
			ws://my_host/                | its host is missing or not a valid host name
			ws://user:secret@my_host/    | its host is missing or not a valid host name
			ws://localhost:65536/        | its port is above 65535
			""")
	void noClientCanConnectTo(URI uri, String fault) {
		assertThat(WebSocketUri.fault(uri, false)).isEqualTo(fault).doesNotContain("secret");
	}

	@Test
	void aRelativeUriWillDoIfTheServerIsKnown() {
		assertThat(WebSocketUri.fault(URI.create("/ws"), true)).isNull();
		assertThat(WebSocketUri.fault(URI.create("//user:secret@localhost/ws"), true)).isNotNull();
	}

	/**
	 * Reactor Netty takes what is no path for a host.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "prices", "ws/prices", "?token=secret", "//elsewhere/ws" })
	void aRelativeUriIsAPath(URI uri) {
		assertThat(WebSocketUri.fault(uri, true)).isEqualTo("it is relative");
	}

}
