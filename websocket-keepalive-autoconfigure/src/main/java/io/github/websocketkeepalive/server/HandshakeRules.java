package io.github.websocketkeepalive.server;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

import io.github.websocketkeepalive.admission.AdmissionDecision.Rejected;

/**
 * Which requests ask for a WebSocket, and which of them are refused whatever they ask for
 * (RFC 6455 section 4.2.1, over HTTP/2 RFC 8441 sections 4 and 5).
 */
final class HandshakeRules {

	private static final String VERSION = WebSocketVersion.V13.toHttpHeaderValue();

	private static final String PREFIX = "Sec-WebSocket-";

	/**
	 * What Netty speaks over HTTP/1.1 besides requests without a version.
	 */
	private static final Set<String> VERSIONS_OF_NETTY = Set.of(VERSION, WebSocketVersion.V08.toHttpHeaderValue(),
			WebSocketVersion.V07.toHttpHeaderValue());

	/**
	 * 16 bytes in Base64.
	 */
	private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

	private static final String PERMESSAGE_DEFLATE = "permessage-deflate";

	/**
	 * A parameter of compression whose value is a number.
	 */
	private static final Pattern WINDOW_BITS = Pattern.compile("(?i)(client|server)_max_window_bits");

	private static final Pattern READABLE_WINDOW_BITS = Pattern
		.compile("(?i)client_max_window_bits|(client|server)_max_window_bits=(\"[0-9]{1,2}\"|[0-9]{1,2})");

	private HandshakeRules() {
	}

	/**
	 * Return whether a request asks for a WebSocket.
	 * @param request the request, as it came
	 * @return whether it does
	 */
	static boolean isHandshake(HttpServerRequest request) {
		return isOverHttp2(request) ? isExtendedConnect(request) : HttpMethod.GET.equals(request.method())
				&& request.requestHeaders().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
	}

	// Reactor Netty does not show the pseudo-header :protocol. A request for a tunnel has
	// no path, an extended one has, where the server has offered to take any.
	private static boolean isExtendedConnect(HttpServerRequest request) {
		return HttpMethod.CONNECT.equals(request.method()) && (request.uri().startsWith("/")
				|| request.requestHeaders().contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION));
	}

	/**
	 * Return whether a request came over HTTP/2.
	 * @param request the request
	 * @return whether it did
	 */
	static boolean isOverHttp2(HttpServerRequest request) {
		return request.version().majorVersion() > 1;
	}

	/**
	 * Return how a handshake is refused.
	 * @param request the request
	 * @param strict whether it has to keep to RFC 6455, or only to what Reactor Netty can
	 * speak
	 * @return the refusal, or {@code null} if there is no reason for one
	 */
	static @Nullable Refusal refusal(HttpServerRequest request, boolean strict) {
		HttpHeaders headers = request.requestHeaders();
		if (strict && headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION).size() > 1) {
			return broken("version");
		}
		String version = headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION);
		boolean http2 = isOverHttp2(request);
		boolean spoken = (strict || http2) ? VERSION.equals(version)
				: version == null || VERSIONS_OF_NETTY.contains(version);
		if (!spoken) {
			return Refusal.unsupportedVersion(http2);
		}
		return (strict && !http2) ? refusalByHead(request.version(), headers) : null;
	}

	// The host is checked because RFC 9112 section 3.2 asks for that too.
	private static @Nullable Refusal refusalByHead(HttpVersion version, HttpHeaders headers) {
		if (version.compareTo(HttpVersion.HTTP_1_1) < 0) {
			return broken("http-version");
		}
		List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
		if (hosts.size() != 1 || hosts.get(0).isBlank()) {
			return broken("host");
		}
		if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
			return broken("connection");
		}
		List<String> keys = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
		return (keys.size() == 1 && KEY.matcher(keys.get(0)).matches()) ? null : broken("key");
	}

	private static Refusal broken(String rule) {
		return new Refusal(new Rejected(HttpResponseStatus.BAD_REQUEST.code(), "handshake-" + rule, null));
	}

	/**
	 * Return whether a request asks for a WebSocket only by {@code Upgrade}, which some
	 * proxies put into each.
	 * @param request a request that asks for a WebSocket
	 * @return whether it has no header of the protocol
	 */
	static boolean isStray(HttpServerRequest request) {
		return !isOverHttp2(request) && request.requestHeaders()
			.names()
			.stream()
			.noneMatch((name) -> name.regionMatches(true, 0, PREFIX, 0, PREFIX.length()));
	}

	/**
	 * Ignore the wish for an upgrade, as RFC 9110 section 7.8 allows.
	 * @param request the request
	 */
	static void ignoreUpgrade(HttpServerRequest request) {
		HttpHeaders headers = request.requestHeaders();
		headers.remove(HttpHeaderNames.UPGRADE);
		headers.set(HttpHeaderNames.CONNECTION,
				elements(headers, HttpHeaderNames.CONNECTION)
					.filter((option) -> !HttpHeaderValues.UPGRADE.contentEqualsIgnoreCase(option))
					.toList());
	}

	/**
	 * Write the headers of a handshake, which is not refused and strict, in the one of
	 * their forms that Spring and Reactor Netty know.
	 * @param request the request
	 */
	static void normalize(HttpServerRequest request) {
		HttpHeaders headers = request.requestHeaders();
		if (!isOverHttp2(request)) {
			if (!HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(headers.get(HttpHeaderNames.UPGRADE))) {
				headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
			}
			if (!headers.containsValue(HttpHeaderNames.CONNECTION, "Upgrade", false)
					&& !headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", false)) {
				headers.add(HttpHeaderNames.CONNECTION, "Upgrade");
			}
		}
		// Spring takes a space behind a comma for a part of the name.
		if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
			headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL,
					elements(headers, HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).collect(Collectors.joining(",")));
		}
	}

	/**
	 * Decline offers of compression that nobody could read (RFC 7692 section 7.1), which
	 * Netty fails with instead.
	 * @param request the request
	 */
	static void declineUnreadable(HttpServerRequest request) {
		HttpHeaders headers = request.requestHeaders();
		if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
			List<String> offers = elements(headers, HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS).toList();
			List<String> readable = offers.stream().filter(HandshakeRules::isReadable).toList();
			if (readable.isEmpty()) {
				headers.remove(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS);
			}
			else if (readable.size() < offers.size()) {
				headers.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, String.join(",", readable));
			}
		}
	}

	private static boolean isReadable(String offer) {
		String[] parts = offer.split(";");
		if (parts.length == 0 || !parts[0].strip().equals(PERMESSAGE_DEFLATE)) {
			return parts.length > 0;
		}
		return Stream.of(parts)
			.map(String::strip)
			.filter((parameter) -> WINDOW_BITS.matcher(parameter).lookingAt())
			.allMatch((parameter) -> READABLE_WINDOW_BITS.matcher(parameter).matches());
	}

	private static Stream<String> elements(HttpHeaders headers, CharSequence list) {
		return headers.getAll(list)
			.stream()
			.flatMap((line) -> Stream.of(line.split(",")))
			.map(String::strip)
			.filter((element) -> !element.isEmpty());
	}

}
