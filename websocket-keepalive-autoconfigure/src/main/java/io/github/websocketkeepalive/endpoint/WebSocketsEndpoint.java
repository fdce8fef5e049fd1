package io.github.websocketkeepalive.endpoint;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.peer.PeerText;
import io.github.websocketkeepalive.probe.ProbeSources;

/**
 * Lists the open WebSockets, closes one, and drains all. Only lists them unless the
 * property {@code management.endpoint.websockets.access} opens the rest.
 */
@Endpoint(id = "websockets", defaultAccess = Access.READ_ONLY)
public final class WebSocketsEndpoint {

	private static final int DEFAULT_LIMIT = 100;

	/**
	 * Stands for the probes where an id is expected. No id looks like it.
	 */
	private static final String PROBES = "probes";

	private final WebSocketConnections connections;

	private final @Nullable Drain drain;

	private final @Nullable ProbeSources probes;

	/**
	 * Create an endpoint.
	 * @param connections the open connections
	 * @param drain what drains, or {@code null} if nothing does
	 * @param probes where connections without a request come from, or {@code null} if
	 * that is not known
	 */
	public WebSocketsEndpoint(WebSocketConnections connections, @Nullable Drain drain, @Nullable ProbeSources probes) {
		this.connections = connections;
		this.drain = drain;
		this.probes = probes;
	}

	/**
	 * List connections that match all that is given, in the order of their ids.
	 * @param endpoint the path pattern
	 * @param liveness what is known about the peer
	 * @param role {@code server} or {@code client}
	 * @param address the address of the peer, with or without its port
	 * @param limit how many at the most
	 * @param after the last id of the page before
	 * @return 200 and a page of connections, or 400 with a message if there is no such
	 * liveness, role or limit
	 */
	@ReadOperation
	public WebEndpointResponse<?> list(@Nullable String endpoint, @Nullable String liveness, @Nullable String role,
			@Nullable String address, @Nullable String limit, @Nullable String after) {
		try {
			return new WebEndpointResponse<>(page(ConnectionFilter.of(endpoint, liveness, role, address),
					limit(ConnectionFilter.orNull(limit)), after));
		}
		catch (IllegalArgumentException ex) {
			return badRequest(String.valueOf(ex.getMessage()));
		}
	}

	private WebSocketsDescriptor page(ConnectionFilter filter, int limit, @Nullable String after) {
		List<WebSocketConnection> matching = this.connections.stream().filter(filter).toList();
		List<WebSocketDescriptor> page = matching.stream()
			.filter((connection) -> after == null || connection.getId().compareTo(after) > 0)
			.sorted(Comparator.comparing(WebSocketConnection::getId))
			.limit(limit)
			.map(WebSocketDescriptor::of)
			.toList();
		return new WebSocketsDescriptor(matching.size(), page);
	}

	private static int limit(@Nullable String text) {
		int limit = (text != null) ? number("limit", text) : DEFAULT_LIMIT;
		if (limit < 0) {
			throw new IllegalArgumentException("The limit must not be negative");
		}
		return limit;
	}

	private static int number(String name, String text) {
		try {
			return Integer.parseInt(text);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("The %s '%s' is not a whole number".formatted(name, PeerText.of(text)),
					ex);
		}
	}

	/**
	 * Show one connection, or what came without asking for one.
	 * @param id its id, or the id of its session, or {@code probes}
	 * @return the connection, or {@code null} if it is not open
	 */
	@ReadOperation
	public @Nullable OperationResponseBody show(@Selector String id) {
		if (PROBES.equals(id)) {
			return (this.probes != null) ? ProbesDescriptor.of(this.probes) : null;
		}
		return this.connections.find(id).map(WebSocketDescriptor::of).orElse(null);
	}

	/**
	 * Close one connection.
	 * @param id its id, or the id of its session
	 * @param code the close code, 1000 if there is none
	 * @param reason the close reason
	 * @return 204, or 404 if the connection is not open, or 400 with a message if the
	 * code or reason may not be sent
	 */
	@DeleteOperation
	public WebEndpointResponse<Map<String, String>> close(@Selector String id, @Nullable String code,
			@Nullable String reason) {
		try {
			String given = ConnectionFilter.orNull(code);
			boolean open = this.connections.close(id,
					(given != null) ? number("close code", given) : CloseCause.OPERATOR.code(),
					(reason != null) ? reason : "");
			return new WebEndpointResponse<>(
					open ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
		}
		catch (IllegalArgumentException ex) {
			return badRequest(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Drain this instance, or take new WebSockets again.
	 * @param action {@code drain} or {@code resume}
	 * @return 200 and what was started, at once; or 400 with a message if there is no
	 * such action, or no drain
	 */
	@WriteOperation
	public WebEndpointResponse<?> act(String action) {
		if (this.drain == null) {
			return badRequest("Nothing drains this application: see 'websocket-keepalive.drain.enabled'");
		}
		return switch (action) {
			case "drain" -> new WebEndpointResponse<>(DrainDescriptor.of(this.drain.start()));
			case "resume" -> new WebEndpointResponse<>(DrainDescriptor.resumed(this.drain.resume()));
			default -> badRequest("There is no action '%s'; use 'drain' or 'resume'".formatted(PeerText.of(action)));
		};
	}

	private static WebEndpointResponse<Map<String, String>> badRequest(String message) {
		return new WebEndpointResponse<>(Map.of("message", message), WebEndpointResponse.STATUS_BAD_REQUEST);
	}

}
