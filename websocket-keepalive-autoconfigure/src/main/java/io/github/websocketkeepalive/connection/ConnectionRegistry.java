package io.github.websocketkeepalive.connection;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.liveness.HoldReason;

/**
 * Knows every open connection and tells the listeners of their lives. Not for
 * applications: they inject {@link WebSocketConnections}.
 */
public final class ConnectionRegistry implements WebSocketConnections {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionRegistry.class);

	private static final int MAX_REASON_BYTES = 123;

	private final ConcurrentMap<String, ManagedConnection> connections = new ConcurrentHashMap<>();

	private final Supplier<List<ConnectionListener>> listenerSupplier;

	private volatile @Nullable List<ConnectionListener> listeners;

	/**
	 * Create a registry.
	 * @param listeners who is told of the lives of connections, in order; asked for when
	 * the first one opens, so that a listener may know the registry
	 */
	public ConnectionRegistry(Supplier<List<ConnectionListener>> listeners) {
		this.listenerSupplier = listeners;
	}

	@Override
	public Optional<WebSocketConnection> find(String id) {
		return Optional.ofNullable(lookUp(id));
	}

	@Override
	public Stream<WebSocketConnection> stream() {
		return this.connections.values().stream().map(WebSocketConnection.class::cast);
	}

	@Override
	public long count() {
		return this.connections.size();
	}

	@Override
	public boolean close(String id, int code, String reason) {
		requireSendable(code, reason);
		ManagedConnection connection = lookUp(id);
		if (connection == null) {
			return false;
		}
		connection.close(CloseCause.OPERATOR, code, reason);
		return true;
	}

	/**
	 * Return all open connections that this process serves.
	 * @return a weakly consistent stream in no particular order
	 */
	public Stream<ManagedConnection> served() {
		return this.connections.values().stream().filter((connection) -> connection.getRole() == Role.SERVER);
	}

	/**
	 * Tell that a connection has opened.
	 * @param connection the connection
	 */
	public void opened(ManagedConnection connection) {
		this.connections.put(connection.getId(), connection);
		tell((listener) -> listener.onOpened(connection));
	}

	/**
	 * Tell that a ping was sent.
	 * @param connection the connection
	 * @param sequence the number of the ping
	 */
	public void pinged(ManagedConnection connection, int sequence) {
		tell((listener) -> listener.onPing(connection, sequence));
	}

	/**
	 * Tell that a pong was received.
	 * @param connection the connection
	 * @param sequence the number of the ping that it answers
	 * @param rttNanos the round-trip time in nanoseconds, or -1
	 */
	public void ponged(ManagedConnection connection, int sequence, long rttNanos) {
		tell((listener) -> listener.onPong(connection, sequence, rttNanos));
	}

	/**
	 * Tell that a verdict was put off.
	 * @param connection the connection
	 * @param reason why
	 */
	public void held(ManagedConnection connection, HoldReason reason) {
		tell((listener) -> listener.onHeld(connection, reason));
	}

	/**
	 * Tell that a connection has ended.
	 * @param connection the connection
	 * @param cause why
	 * @param code the close code
	 */
	public void closed(ManagedConnection connection, CloseCause cause, int code) {
		this.connections.remove(connection.getId(), connection);
		tell((listener) -> listener.onClosed(connection, cause, code));
	}

	private @Nullable ManagedConnection lookUp(String id) {
		ManagedConnection connection = this.connections.get(id);
		return (connection != null) ? connection : this.connections.get(ConnectionId.of(id));
	}

	private void tell(Consumer<ConnectionListener> event) {
		for (ConnectionListener listener : listeners()) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException ex) {
				logger.warn("A {} failed", listener.getClass().getName(), ex);
			}
		}
	}

	private List<ConnectionListener> listeners() {
		List<ConnectionListener> listeners = this.listeners;
		if (listeners == null) {
			listeners = List.copyOf(this.listenerSupplier.get());
			this.listeners = listeners;
		}
		return listeners;
	}

	private static void requireSendable(int code, String reason) {
		boolean sendable = (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
				|| (code >= 3000 && code <= 4999);
		if (!sendable) {
			throw new IllegalArgumentException("Close code " + code
					+ " may not be sent; use 1000 to 1003, 1007 to 1014, or 3000 to 4999 (RFC 6455 section 7.4)");
		}
		if (reason.getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
			throw new IllegalArgumentException("Close reason is longer than 123 bytes in UTF-8");
		}
	}

}
