package io.github.websocketkeepalive.connection;

import java.net.InetSocketAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.websocketkeepalive.peer.PeerText;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionDetails}.
 */
class ConnectionDetailsTests {

	@ParameterizedTest
	@CsvSource({ "/ws/echo, /ws/echo", "/ws/echo?token=secret, /ws/echo", "/?a?b, /", "?token=secret, ''",
			"/ws/%3Fescaped, /ws/%3Fescaped" })
	void thePathHasNoQuery(String uri, String path) {
		ConnectionDetails details = new ConnectionDetails(Role.SERVER, "/ws/**", uri, null, null, null);
		assertThat(details.path()).isEqualTo(path);
	}

	@Test
	void whatThePeerChoseIsEscapedAndShortened() {
		String hostile = "a\r\nERROR forged\u001b[2J\u202e\u009b" + "x".repeat(6000);
		ConnectionDetails details = new ConnectionDetails(Role.SERVER, "/ws/**", "/" + hostile,
				InetSocketAddress.createUnresolved(hostile, 80), hostile, hostile);
		assertThat(details.path()).isEqualTo(PeerText.of("/" + hostile));
		assertThat(details.remoteAddress()).isEqualTo(InetSocketAddress.createUnresolved(PeerText.of(hostile), 80));
		assertThat(details.principal()).isEqualTo(PeerText.of(hostile));
		assertThat(details.subprotocol()).isEqualTo(PeerText.of(hostile));
	}

	@ParameterizedTest
	@CsvSource({ "SERVER, server", "CLIENT, client" })
	void aRoleHasItsName(Role role, String text) {
		assertThat(role.text()).isEqualTo(text);
	}

}
