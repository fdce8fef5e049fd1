package io.github.websocketkeepalive.client.handshake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What Netty asks of a response that completes an opening handshake: the headers of RFC
 * 6455 section 4.1, and besides a subprotocol, if some were offered. Asked before Netty
 * does, whose exception Reactor Netty would log with its stack trace.
 */
final class HandshakeRules {

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private HandshakeRules() {
	}

	/**
	 * Return what is wrong with a response of status 101.
	 * @param request the headers of the request
	 * @param response the headers of the response
	 * @return the rule that is broken, or {@code null}
	 */
	static @Nullable String violation(HttpHeaders request, HttpHeaders response) {
		if (!HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(response.get(HttpHeaderNames.UPGRADE))) {
			return "no Upgrade to websocket";
		}
		if (!response.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
			return "no Connection with Upgrade";
		}
		String key = request.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
		if (key == null || !accept(key).equals(response.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT))) {
			return "Sec-WebSocket-Accept is not that of the key";
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
