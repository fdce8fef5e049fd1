package io.github.websocketkeepalive.server.admission;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.Principal;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;
import org.springframework.web.util.ForwardedHeaderUtils;
import org.springframework.web.util.UriComponents;
import reactor.netty.http.server.HttpServerRequest;

import io.github.websocketkeepalive.admission.AdmissionRequest;

/**
 * Describes handshakes as Reactor Netty and WebFlux know them. Forwarded headers count
 * where Spring Boot is told to use them: Reactor Netty has then used them already, or a
 * {@link ForwardedHeaderTransformer} is there, whose work is done here because it has not
 * had its turn yet.
 */
public final class HandshakeRequests {

	private final boolean forwarded;

	/**
	 * Create the requests of a server.
	 * @param transformer what WebFlux uses forwarded headers with, if anything
	 */
	public HandshakeRequests(@Nullable ForwardedHeaderTransformer transformer) {
		this.forwarded = transformer != null && !transformer.isRemoveOnly();
	}

	/**
	 * Describe a request that no handler has seen yet.
	 * @param request the request
	 * @return what is known of it
	 */
	public AdmissionRequest of(HttpServerRequest request) {
		HttpHeaders headers = new HttpHeaders(new Netty4HeadersAdapter(request.requestHeaders()));
		String serverOrigin = origin(request.scheme(), request.hostName(), request.hostPort());
		InetSocketAddress remoteAddress = (InetSocketAddress) request.remoteAddress();
		if (this.forwarded) {
			try {
				URI uri = new URI(serverOrigin);
				UriComponents original = ForwardedHeaderUtils.adaptFromForwardedHeaders(uri, headers).build();
				serverOrigin = origin(original.getScheme(), original.getHost(), original.getPort());
				InetSocketAddress client = ForwardedHeaderUtils.parseForwardedFor(uri, headers, remoteAddress);
				remoteAddress = (client != null) ? client : remoteAddress;
			}
			catch (IllegalArgumentException | URISyntaxException ex) {
				// WebFlux answers 400 to these.
			}
		}
		return new AdmissionRequest(request.uri(), serverOrigin, headers, remoteAddress, null);
	}

	/**
	 * Describe a request behind all web filters.
	 * @param request the request
	 * @param principal the user
	 * @return what is known of it
	 */
	public static AdmissionRequest of(ServerHttpRequest request, @Nullable Principal principal) {
		URI uri = request.getURI();
		String query = (uri.getRawQuery() != null) ? "?" + uri.getRawQuery() : "";
		return new AdmissionRequest(uri.getRawPath() + query, origin(uri.getScheme(), uri.getHost(), uri.getPort()),
				request.getHeaders(), request.getRemoteAddress(), principal);
	}

	private static String origin(@Nullable String scheme, @Nullable String host, int port) {
		return scheme + "://" + host + ((port >= 0) ? ":" + port : "");
	}

}
