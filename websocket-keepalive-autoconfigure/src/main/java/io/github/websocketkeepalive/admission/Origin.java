package io.github.websocketkeepalive.admission;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A web origin (RFC 6454), read strictly: a scheme, a host and perhaps a port, nothing
 * else. Lower case, as browsers write it.
 *
 * @param scheme the scheme
 * @param host a name in ASCII, or an address; one of IPv6 in brackets
 * @param port the port, -1 for the usual one of the scheme
 */
record Origin(String scheme, String host, int port) {

	private static final int MAX_LENGTH = 512;

	private static final int MAX_PORT = 65_535;

	private static final Pattern SYNTAX = Pattern
		.compile("([a-z][a-z0-9+.-]*)://([a-z0-9_-]+(?:\\.[a-z0-9_-]+)*\\.?|\\[[0-9a-f:.]+])(?::(\\d{1,5}))?");

	static @Nullable Origin parse(String text) {
		if (text.length() > MAX_LENGTH) {
			return null;
		}
		Matcher matcher = SYNTAX.matcher(text.toLowerCase(Locale.ROOT));
		if (!matcher.matches()) {
			return null;
		}
		int port = (matcher.group(3) != null) ? Integer.parseInt(matcher.group(3)) : -1;
		String scheme = matcher.group(1);
		return (port <= MAX_PORT) ? new Origin(scheme, matcher.group(2), (port != usualPort(scheme)) ? port : -1)
				: null;
	}

	/**
	 * Return the port that the client used.
	 * @return the port, -1 if the scheme has no usual one
	 */
	int effectivePort() {
		return (this.port >= 0) ? this.port : usualPort(this.scheme);
	}

	/**
	 * Return the origin with its port, also if that is the usual one.
	 * @return a text
	 */
	String withPort() {
		return this.scheme + "://" + this.host + ((effectivePort() >= 0) ? ":" + effectivePort() : "");
	}

	@Override
	public String toString() {
		return this.scheme + "://" + this.host + ((this.port >= 0) ? ":" + this.port : "");
	}

	private static int usualPort(String scheme) {
		return switch (scheme) {
			case "http", "ws" -> 80;
			case "https", "wss" -> 443;
			default -> -1;
		};
	}

}
