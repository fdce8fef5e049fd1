package io.github.websocketkeepalive.admission.limit;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.web.cors.CorsConfiguration;

/**
 * The origins from which browsers may connect (RFC 6455 section 10.2), which keeps
 * scripts of other sites from connecting as the user. The server's own origin always may,
 * and so may a client that tells none: browsers always do, and whoever writes a client
 * can tell any.
 */
public final class AllowedOrigins {

	private final CorsConfiguration configuration = new CorsConfiguration();

	/**
	 * Create the origins.
	 * @param origins origins and patterns in the notation of Spring's
	 * {@link CorsConfiguration#setAllowedOriginPatterns}
	 */
	public AllowedOrigins(List<String> origins) {
		this.configuration.setAllowedOriginPatterns(origins);
	}

	/**
	 * Return whether a client may connect.
	 * @param origin its {@code Origin} header
	 * @param serverOrigin what it addressed, as {@code scheme://host} or
	 * {@code scheme://host:port}
	 * @return whether it may
	 */
	public boolean allows(@Nullable String origin, String serverOrigin) {
		return origin == null || canonical(origin).equals(canonical(serverOrigin))
				|| this.configuration.checkOrigin(origin) != null;
	}

	private static String canonical(String origin) {
		String lowerCase = origin.toLowerCase(Locale.ROOT);
		if (lowerCase.startsWith("http://")) {
			return removeEnd(lowerCase, ":80");
		}
		return lowerCase.startsWith("https://") ? removeEnd(lowerCase, ":443") : lowerCase;
	}

	private static String removeEnd(String text, String end) {
		return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
	}

}
