package io.github.websocketkeepalive.admission;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.web.cors.CorsConfiguration;

/**
 * The origins from which browsers may connect (RFC 6455 section 10.2), which keeps
 * scripts of other sites from connecting as the user. The server's own origin always may,
 * and so may a client that tells none: browsers always do, and whoever writes a client
 * can tell any. What is no origin, or more than one, is refused.
 */
final class AllowedOrigins {

	/**
	 * What a browser sends for a page without an origin, such as one in a sandbox.
	 */
	private static final String NONE = "null";

	private final CorsConfiguration configuration = new CorsConfiguration();

	private final boolean everyone;

	/**
	 * Create the origins.
	 * @param origins origins and patterns in the notation of Spring's
	 * {@link CorsConfiguration#setAllowedOriginPatterns}
	 */
	AllowedOrigins(List<String> origins) {
		this.everyone = origins.contains(CorsConfiguration.ALL);
		this.configuration.setAllowedOriginPatterns(origins.stream().map(AllowedOrigins::canonical).toList());
	}

	/**
	 * Return whether a client may connect.
	 * @param origin its {@code Origin} header
	 * @param serverOrigin what it addressed, as {@code scheme://host} or
	 * {@code scheme://host:port}
	 * @return whether it may
	 */
	boolean allows(@Nullable String origin, String serverOrigin) {
		if (origin == null || this.everyone) {
			return true;
		}
		if (origin.equals(NONE)) {
			return this.configuration.checkOrigin(NONE) != null;
		}
		Origin parsed = Origin.parse(origin);
		return parsed != null && (parsed.equals(Origin.parse(serverOrigin))
				|| this.configuration.checkOrigin(parsed.toString()) != null
				|| this.configuration.checkOrigin(parsed.withPort()) != null);
	}

	private static String canonical(String allowed) {
		Origin origin = Origin.parse(allowed);
		return (origin != null) ? origin.toString() : allowed.toLowerCase(Locale.ROOT);
	}

}
