package io.github.websocketkeepalive.connection;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

	@ParameterizedTest
	@CsvSource({ "SERVER, server", "CLIENT, client" })
	void aRoleHasItsName(Role role, String text) {
		assertThat(role.text()).isEqualTo(text);
	}

}
