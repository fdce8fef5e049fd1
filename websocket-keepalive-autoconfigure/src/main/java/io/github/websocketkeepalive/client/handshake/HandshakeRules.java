package io.github.websocketkeepalive.client.handshake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What RFC 6455 asks of a response that completes an opening handshake (section 4.1), and
 * besides, as Netty does, a subprotocol, if some were offered. Asked before Netty does,
 * which asks for less, and whose exception Reactor Netty would log with its stack trace.
 */
final class HandshakeRules {

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	// Section 11.3 allows each of them once.
	private static final List<AsciiString> ONCE = List.of(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT,
			HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS);

	private HandshakeRules() {
	}

	/**
	 * Return what is wrong with a response of status 101.
	 * @param request the headers of the request
	 * @param handshake the response
	 * @return the rule that is broken, or {@code null}
	 */
	static @Nullable String violation(HttpHeaders request, HttpResponse handshake) {
		if (handshake.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0) {
			return handshake.protocolVersion() + " cannot switch protocols";
		}
		HttpHeaders response = handshake.headers();
		for (AsciiString header : ONCE) {
			if (response.getAll(header).size() > 1) {
				return header + " comes more than once";
			}
		}
		List<String> upgrade = response.getAll(HttpHeaderNames.UPGRADE);
		if (upgrade.size() != 1 || !HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(upgrade.get(0))) {
			return "no Upgrade to websocket";
		}
		if (!response.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
			return "no Connection with Upgrade";
		}
		String key = request.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
		if (key == null || !accept(key).equals(response.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT))) {
			return "Sec-WebSocket-Accept is not that of the key";
		}
		if (!extensions(request).containsAll(extensions(response))) {
			return "an extension that was not offered";
		}
		return isOneOf(request.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL),
				response.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) ? null
						: "no subprotocol of those that were offered";
	}

	private static boolean isOneOf(@Nullable String offered, @Nullable String selected) {
		if (offered == null || selected == null) {
			return offered == null && selected == null;
		}
		return Arrays.asList(offered.trim().split("\\s*,\\s*")).contains(selected.trim());
	}

	private static Set<String> extensions(HttpHeaders headers) {
		return headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)
			.stream()
			.flatMap((line) -> Arrays.stream(line.split(",")))
			.map((extension) -> extension.split(";", 2)[0].trim())
			.filter((name) -> !name.isEmpty())
			.collect(Collectors.toSet());
	}

	private static String accept(String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key.trim() + GUID).getBytes(StandardCharsets.US_ASCII));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
