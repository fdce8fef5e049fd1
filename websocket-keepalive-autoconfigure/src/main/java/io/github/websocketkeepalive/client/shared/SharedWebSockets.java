package io.github.websocketkeepalive.client.shared;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.handshake.HandshakeRequest;

/**
 * Gives everybody who asks for a URI the same WebSocket. Thread-safe.
 */
public final class SharedWebSockets {

	private final Map<URI, SharedWebSocket> sockets = new ConcurrentHashMap<>();

	private final KeepaliveWebSocketClient client;

	private final SharedOptions options;

	/**
	 * Create an empty collection.
	 * @param client what connects
	 * @param options how connections are shared
	 */
	public SharedWebSockets(KeepaliveWebSocketClient client, SharedOptions options) {
		this.client = client;
		this.options = options;
	}

	/**
	 * Return the WebSocket for a URI.
	 * @param uri where to
	 * @return the WebSocket, which connects when it has its first user
	 */
	public SharedWebSocket get(URI uri) {
		return get(uri, Mono.just(new HandshakeRequest(uri)));
	}

	/**
	 * Return the WebSocket for a URI.
	 * @param uri the key
	 * @param request what is asked for before each attempt, unless the WebSocket exists
	 * @return the WebSocket, which connects when it has its first user
	 */
	public SharedWebSocket get(URI uri, Mono<HandshakeRequest> request) {
		return this.sockets.computeIfAbsent(uri,
				(key) -> new SharedWebSocket((handler) -> this.client.connect(request, handler), this.client::dropped,
						this.options));
	}

}
