package io.github.websocketkeepalive.admission.limit;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class AllowedOriginsTests {

	private static final String SERVER = "https://chat.example.com";

	@Test
	void aClientThatTellsNoOriginIsNoBrowser() {
		assertThat(new AllowedOrigins(List.of("https://example.org")).allows(null, SERVER)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "https://chat.example.com, https://chat.example.com",
			"https://chat.example.com, https://chat.example.com:443", "https://Chat.Example.com:443, " + SERVER,
			"http://localhost, http://localhost:80", "http://localhost:8080, http://localhost:8080" })
	void theOwnOriginIsAlwaysAllowed(String origin, String server) {
		assertThat(new AllowedOrigins(List.of("https://example.org")).allows(origin, server)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "https://example.org, https://example.org, true", "https://example.org, http://example.org, false",
			"https://example.org, https://example.org:8443, false",
			"https://example.org, https://example.org.evil.com, false",
			"https://*.example.org, https://a.example.org, true", "https://*.example.org, https://example.org, false",
			"https://*.example.org, https://evilexample.org, false",
			"https://*.example.org:[*], https://a.example.org:8443, true", "*, https://anywhere.com, true",
			"*, null, true", "https://example.org, null, false", "https://example.org, http://chat.example.com, false",
			"https://example.org, garbage, false", "https://example.org, '', false" })
	void othersAreAllowedIfTheListSaysSo(String allowed, String origin, boolean expected) {
		assertThat(new AllowedOrigins(List.of(allowed)).allows(origin, SERVER)).isEqualTo(expected);
	}

}
