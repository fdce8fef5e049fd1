package io.github.websocketkeepalive.server;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

import io.github.websocketkeepalive.admission.IpAddress;

/**
 * The address of a client that proxies have written into a header.
 */
final class ForwardedAddress {

	private static final String FORWARDED = "Forwarded";

	private static final String X_FORWARDED_FOR = "X-Forwarded-For";

	private ForwardedAddress() {
	}

	/**
	 * Return whether there is a header that names addresses.
	 * @param headers the headers of a request
	 * @return whether there is one
	 */
	static boolean isIn(HttpHeaders headers) {
		return headers.containsHeader(FORWARDED) || headers.containsHeader(X_FORWARDED_FOR);
	}

	/**
	 * Return the first address, which the proxy next to the client has written if it
	 * overwrites what the client sent. {@code Forwarded} counts before
	 * {@code X-Forwarded-For}, as it does for Spring.
	 * @param headers the headers of a request
	 * @return the address, or {@code null} if there is none or it is no address
	 */
	static @Nullable InetSocketAddress first(HttpHeaders headers) {
		List<String> nodes = headers.containsHeader(FORWARDED) ? forwarded(headers) : xForwardedFor(headers);
		return nodes.isEmpty() ? null : IpAddress.parse(nodes.get(0));
	}

	/**
	 * Return the address that the outermost of the trusted proxies has seen.
	 * {@code X-Forwarded-For} counts before {@code Forwarded}, because proxies that
	 * append to it pass the other header on as the client sent it.
	 * @param headers the headers of a request
	 * @param trustedProxies how many proxies have appended an address each
	 * @return the address, or {@code null} if there is none or it is no address
	 */
	static @Nullable InetSocketAddress behind(HttpHeaders headers, int trustedProxies) {
		List<String> nodes = headers.containsHeader(X_FORWARDED_FOR) ? xForwardedFor(headers) : forwarded(headers);
		int index = nodes.size() - trustedProxies;
		return (trustedProxies > 0 && index >= 0) ? IpAddress.parse(nodes.get(index)) : null;
	}

	private static List<String> xForwardedFor(HttpHeaders headers) {
		return elements(headers, X_FORWARDED_FOR).toList();
	}

	private static List<String> forwarded(HttpHeaders headers) {
		return elements(headers, FORWARDED).map(ForwardedAddress::node).toList();
	}

	// Also within quotation marks, which a client may open and leave open.
	private static Stream<String> elements(HttpHeaders headers, String name) {
		return headers.getOrEmpty(name).stream().flatMap((line) -> Stream.of(line.split(",", -1))).map(String::strip);
	}

	private static String node(String element) {
		for (String pair : element.split(";")) {
			String[] parts = pair.strip().split("=", 2);
			if (parts.length == 2 && parts[0].equalsIgnoreCase("for")) {
				String value = parts[1];
				boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
				return quoted ? value.substring(1, value.length() - 1) : value;
			}
		}
		return "";
	}

}
