package io.github.websocketkeepalive.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.Principal;
import java.util.LinkedHashSet;
import java.util.Set;

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
 * had its turn yet. Where the number of trusted proxies is known, that alone decides on
 * the address of the client. The address of the peer stands in for one that is missing or
 * is none.
 */
public final class HandshakeRequests {

	private final @Nullable Integer trustedProxies;

	private final boolean usedByWebFlux;

	private final boolean usedByReactorNetty;

	/**
	 * Create the requests of a server.
	 * @param transformer what WebFlux uses forwarded headers with, if anything
	 * @param trustedProxies how many proxies in front append the address that they see,
	 * or {@code null} if that is not known
	 */
	public HandshakeRequests(@Nullable ForwardedHeaderTransformer transformer, @Nullable Integer trustedProxies) {
		this(trustedProxies, transformer != null && !transformer.isRemoveOnly(), false);
	}

	private HandshakeRequests(@Nullable Integer trustedProxies, boolean usedByWebFlux, boolean usedByReactorNetty) {
		this.trustedProxies = trustedProxies;
		this.usedByWebFlux = usedByWebFlux;
		this.usedByReactorNetty = usedByReactorNetty;
	}

	/**
	 * Return the requests of a server of which is known whether it uses forwarded headers
	 * itself.
	 * @param forwarded whether it does
	 * @return the requests
	 */
	HandshakeRequests of(boolean forwarded) {
		return new HandshakeRequests(this.trustedProxies, this.usedByWebFlux, forwarded);
	}

	/**
	 * Describe a request that no handler has seen yet.
	 * @param request the request
	 * @return what is known of it
	 */
	public AdmissionRequest of(HttpServerRequest request) {
		HttpHeaders headers = new HttpHeaders(new Netty4HeadersAdapter(request.requestHeaders()));
		return new AdmissionRequest(request.uri(), serverOrigin(request, headers), headers,
				remoteAddress(request, headers), null);
	}

	/**
	 * Describe a request behind all web filters.
	 * @param request the request
	 * @param remoteAddress the address of the client
	 * @param principal the user
	 * @return what is known of it
	 */
	public static AdmissionRequest of(ServerHttpRequest request, @Nullable InetSocketAddress remoteAddress,
			@Nullable Principal principal) {
		URI uri = request.getURI();
		return new AdmissionRequest(uri.toString(), origin(uri.getScheme(), uri.getHost(), uri.getPort()),
				request.getHeaders(), remoteAddress, principal);
	}

	private String serverOrigin(HttpServerRequest request, HttpHeaders headers) {
		Set<String> hosts = new LinkedHashSet<>(headers.getOrEmpty(HttpHeaders.HOST));
		String host = (hosts.size() > 1) ? String.join(", ", hosts) : request.hostName();
		String serverOrigin = origin(request.scheme(), host, request.hostPort());
		if (this.usedByWebFlux) {
			try {
				UriComponents original = ForwardedHeaderUtils.adaptFromForwardedHeaders(new URI(serverOrigin), headers)
					.build();
				return origin(original.getScheme(), original.getHost(), original.getPort());
			}
			catch (IllegalArgumentException | URISyntaxException ex) {
				// WebFlux answers 400 to these.
			}
		}
		return serverOrigin;
	}

	private @Nullable InetSocketAddress remoteAddress(HttpServerRequest request, HttpHeaders headers) {
		InetSocketAddress named;
		if (this.trustedProxies != null) {
			named = ForwardedAddress.behind(headers, this.trustedProxies);
		}
		else if ((this.usedByWebFlux || this.usedByReactorNetty) && ForwardedAddress.isIn(headers)) {
			named = ForwardedAddress.first(headers);
		}
		else {
			named = resolved(request.remoteAddress());
		}
		return (named != null) ? named : resolved(request.connectionRemoteAddress());
	}

	private static @Nullable InetSocketAddress resolved(@Nullable SocketAddress address) {
		return (address instanceof InetSocketAddress inet && !inet.isUnresolved()) ? inet : null;
	}

	private static String origin(@Nullable String scheme, @Nullable String host, int port) {
		return schemeOfPages(scheme) + "://" + host + ((port >= 0) ? ":" + port : "");
	}

	// Some proxies forward the scheme of the WebSocket. Pages have that of HTTP in their
	// origin (RFC 6455 section 3).
	private static @Nullable String schemeOfPages(@Nullable String scheme) {
		if ("wss".equalsIgnoreCase(scheme)) {
			return "https";
		}
		return "ws".equalsIgnoreCase(scheme) ? "http" : scheme;
	}

}
