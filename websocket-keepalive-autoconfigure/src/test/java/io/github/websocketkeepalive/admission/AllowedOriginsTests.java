package io.github.websocketkeepalive.admission;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
			"http://localhost, http://localhost:80", "http://[::1]:8080, http://[::1]:8080",
			"https://example.com., https://example.com.", "http://localhost:8080, http://localhost:8080" })
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
			"https://*.wild.example, https://evil.com/.wild.example, false",
			"https://*.wild.example, https://evil.com?.wild.example, false",
			"https://*.wild.example, https://evil.com#.wild.example, false",
			"https://*.wild.example, https://evil.com\\.wild.example, false",
			"https://*.wild.example, https://evil.com:1.wild.example, false",
			"https://*.wild.example, https://user@a.wild.example, false",
			"https://*.wild.example, https://evil.com@a.wild.example, false",
			"https://*.wild.example, 'https://evil.com, https://a.wild.example', false",
			"https://*.wild.example, 'https://evil.com https://a.wild.example', false",
			"https://*.wild.example, 'https://a.wild.example ', false",
			"https://*.wild.example, https://a.wild.example/, false",
			"https://*.wild.example, https://a.wild.example:, false",
			"https://*.wild.example, https://a.wild.example:99999, false",
			"https://*.wild.example, https://a.wild.example., false",
			"https://*.wild.example, https://b\u00fccher.wild.example, false",
			"https://*.wild.example, https://xn--bcher-kva.wild.example, true",
			"https://*.wild.example, https://a.b.wild.example, true",
			"https://*.wild.example, https://A.Wild.Example, true",
			"https://*.WILD.example, https://a.wild.example, true",
			"https://*.wild.example, https://a.wild.example:443, true",
			"'https://*.wild.example:[443,8443]', https://a.wild.example, true",
			"'https://*.wild.example:[443,8443]', https://a.wild.example:8443, true",
			"'https://*.wild.example:[443,8443]', https://a.wild.example:8444, false",
			"https://example.org:443, https://example.org, true", "https://[::1]:8443, https://[::1]:8443, true",
			"chrome-extension://*, chrome-extension://abc, true", "null, null, true", "null, NULL, false",
			"https://example.org, https://example.org., false", "*, garbage, true",
			"https://example.org, garbage, false", "https://example.org, '', false" })
	void othersAreAllowedIfTheListSaysSo(String allowed, String origin, boolean expected) {
		assertThat(new AllowedOrigins(List.of(allowed)).allows(origin, SERVER)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a.example.org\r\n", "https://a\u0000.example.org",
			"https://evil.com\n.example.org", "https://evil.com\t.example.org" })
	void controlCharactersAreInNoOrigin(String origin) {
		assertThat(new AllowedOrigins(List.of("https://*.example.org")).allows(origin, SERVER)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://user@host", "https://host, other", "https://evil.com/.example.org" })
	void whatIsNoOriginIsNotTheOwnOneEither(String origin) {
		assertThat(new AllowedOrigins(List.of("https://example.org")).allows(origin, origin)).isFalse();
	}

}
