package io.github.websocketkeepalive.server;

import java.util.Set;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

import io.github.websocketkeepalive.server.admission.Refusal;

/**
 * Which requests ask for a WebSocket, and which of them are refused whatever they ask for
 * (RFC 6455 section 4.2.1, over HTTP/2 RFC 8441 sections 4 and 5).
 */
final class HandshakeRules {

	private static final String VERSION = WebSocketVersion.V13.toHttpHeaderValue();

	/**
	 * What Netty speaks over HTTP/1.1 besides requests without a version.
	 */
	private static final Set<String> VERSIONS_OF_NETTY = Set.of(VERSION, WebSocketVersion.V08.toHttpHeaderValue(),
			WebSocketVersion.V07.toHttpHeaderValue());

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

	// Reactor Netty keeps the pseudo-header :protocol to itself. Other than a request for
	// a tunnel an extended one has a path, if the server has offered to take any.
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
		String version = request.requestHeaders().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION);
		boolean http2 = isOverHttp2(request);
		boolean spoken = (strict || http2) ? VERSION.equals(version)
				: version == null || VERSIONS_OF_NETTY.contains(version);
		return spoken ? null : Refusal.unsupportedVersion(http2);
	}

}
