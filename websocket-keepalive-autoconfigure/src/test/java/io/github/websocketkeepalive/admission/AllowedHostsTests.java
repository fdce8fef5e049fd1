package io.github.websocketkeepalive.admission;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AllowedHostsTests {

	@ParameterizedTest
	@CsvSource({ "example.org, https://example.org, true", "example.org, https://example.org:8443, true",
			"example.org, https://EXAMPLE.org, true", "EXAMPLE.org, https://example.org, true",
			"example.org, https://www.example.org, false", "example.org, https://example.org.evil.com, false",
			"example.org, https://evilexample.org, false", "example.org, https://example.org., false",
			"example.org, https://evil.com/example.org, false", "example.org, https://user@example.org, false",
			"example.org, 'https://example.org, evil.com', false", "example.org, https://null, false",
			"*.example.org, https://www.example.org, true", "*.example.org, https://a.b.example.org, true",
			"*.example.org, https://example.org, false", "*.example.org, https://evil.com/.example.org, false",
			"example.org:443, https://example.org, true", "example.org:443, http://example.org, false",
			"example.org:80, http://example.org, true", "example.org:8443, https://example.org:8443, true",
			"example.org:8443, https://example.org:8444, false", "localhost, http://localhost:8080, true",
			"127.0.0.1, http://127.0.0.1:8080, true", "[::1], http://[::1]:8080, true",
			"[::1]:8080, http://[::1]:8080, true", "[::1]:8080, http://[::1]:8081, false" })
	void aHostIsAllowedIfTheListSaysSo(String allowed, String serverOrigin, boolean expected) {
		assertThat(new AllowedHosts(List.of("other.example", allowed)).allows(serverOrigin)).isEqualTo(expected);
	}

	@Test
	void whatIsNoHostIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new AllowedHosts(List.of("https://example.org")));
	}

}
