package io.github.websocketkeepalive.admission;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

import io.github.websocketkeepalive.peer.PeerAddress;
import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.peer.RequestTarget;

/**
 * What is known of an opening handshake.
 *
 * @param uri the request target, of which path and query are kept
 * @param serverOrigin what the client addressed, as {@code scheme://host} or
 * {@code scheme://host:port}, and as forwarded headers name it where Spring Boot is told
 * to use them
 * @param headers the headers of the request
 * @param remoteAddress the address of the client, as forwarded headers name it where they
 * are used, else that of the peer
 * @param principal the user, if there is one and it is known
 */
public record AdmissionRequest(String uri, String serverOrigin, HttpHeaders headers,
		@Nullable InetSocketAddress remoteAddress, @Nullable Principal principal) {

	public AdmissionRequest {
		uri = RequestTarget.pathAndQuery(uri);
	}

	/**
	 * Return the path.
	 * @return the path without its query
	 */
	public String path() {
		return RequestTarget.path(this.uri);
	}

	/**
	 * Return the origin of the script that connects.
	 * @return the {@code Origin} header, which only browsers have to send; all of them
	 * with commas between, if there are several, which is no origin
	 */
	public @Nullable String origin() {
		List<String> origins = this.headers.get(HttpHeaders.ORIGIN);
		return (origins != null) ? String.join(", ", origins) : null;
	}

	/**
	 * Return what may be logged: neither the query nor other headers, where tokens live.
	 */
	@Override
	public String toString() {
		return "AdmissionRequest[path=%s, origin=%s, remoteAddress=%s, principal=%s]".formatted(PeerText.of(path()),
				PeerText.of(String.valueOf(origin())), PeerAddress.of(this.remoteAddress),
				PeerText.of((this.principal != null) ? String.valueOf(this.principal.getName()) : "null"));
	}

}
