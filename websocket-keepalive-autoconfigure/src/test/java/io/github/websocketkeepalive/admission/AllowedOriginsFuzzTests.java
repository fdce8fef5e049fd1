package io.github.websocketkeepalive.admission;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a browser is told to send as origin: only what is allowed passes, and nothing
 * that merely looks like it.
 */
class AllowedOriginsFuzzTests {

	private static final String OWN = "https://own.example";

	private static final Pattern ALLOWED = Pattern
		.compile("https://(([a-z0-9_-]+\\.)+wild\\.example|exact\\.example|own\\.example)(:0*443)?|"
				+ "https://port\\.example:0*8443", Pattern.CASE_INSENSITIVE);

	private final AllowedOrigins origins = new AllowedOrigins(
			List.of("https://*.wild.example", "https://exact.example", "https://port.example:8443"));

	@FuzzTest
	void nothingElseIsAllowed(byte[] bytes) {
		String origin = new String(bytes, StandardCharsets.ISO_8859_1);
		if (this.origins.allows(origin, OWN)) {
			assertThat(origin).matches(ALLOWED);
		}
	}

}
