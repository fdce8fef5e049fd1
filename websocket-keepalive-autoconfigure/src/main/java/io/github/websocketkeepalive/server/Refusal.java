package io.github.websocketkeepalive.server;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;

import io.github.websocketkeepalive.admission.AdmissionDecision.Rejected;

/**
 * The response to a handshake that is refused. The connection closes after it, for those
 * who are refused in masses are not to keep their sockets.
 */
final class Refusal {

	private final Rejected rejection;

	private final Map<String, String> headers;

	/**
	 * Create a response.
	 * @param rejection what it tells
	 */
	Refusal(Rejected rejection) {
		this(rejection, Map.of());
	}

	private Refusal(Rejected rejection, Map<String, String> headers) {
		this.rejection = rejection;
		this.headers = headers;
	}

	/**
	 * Create a response that tells which version of the protocol is spoken (RFC 6455
	 * section 4.4). HTTP/2 has no upgrade that status 426 could name.
	 * @param http2 whether it is sent over HTTP/2
	 * @return the response
	 */
	static Refusal unsupportedVersion(boolean http2) {
		String version = WebSocketVersion.V13.toHttpHeaderValue();
		return http2 ? new Refusal(new Rejected(400, "version", null), Map.of("Sec-WebSocket-Version", version))
				: new Refusal(new Rejected(426, "version", null),
						Map.of("Sec-WebSocket-Version", version, "Upgrade", "websocket"));
	}

	/**
	 * Return why.
	 * @return one of few words, for meters
	 */
	String reason() {
		return this.rejection.reason();
	}

	/**
	 * Return the status.
	 * @return an HTTP status code
	 */
	int status() {
		return this.rejection.status();
	}

	/**
	 * Return the body.
	 * @return a plain text in ASCII, for whoever tries by hand
	 */
	byte[] body() {
		return ("WebSocket refused: " + this.rejection.reason() + "\n").getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Set the headers that tell how, and when, to come back (RFC 9110 section 10.2.3):
	 * whole seconds, and the same in milliseconds for those who know that header.
	 * @param headers takes names and values
	 */
	void headers(BiConsumer<String, String> headers) {
		headers.accept("Content-Type", "text/plain");
		this.headers.forEach(headers);
		Duration retryAfter = this.rejection.retryAfter();
		if (retryAfter != null) {
			headers.accept("Retry-After", String.valueOf(Math.max(1, seconds(retryAfter))));
			headers.accept("Retry-After-Ms", String.valueOf(retryAfter.toMillis()));
		}
	}

	/**
	 * Return all of it.
	 * @return a response of HTTP/1.1, which the caller has to release
	 */
	FullHttpResponse response() {
		FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
				HttpResponseStatus.valueOf(status()), Unpooled.wrappedBuffer(body()));
		headers(response.headers()::set);
		response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body().length);
		response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
		return response;
	}

	private static long seconds(Duration duration) {
		return duration.plusMillis(999).toSeconds();
	}

}
