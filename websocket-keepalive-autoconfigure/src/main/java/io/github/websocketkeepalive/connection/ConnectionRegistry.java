package io.github.websocketkeepalive.connection;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.liveness.HoldReason;

/**
 * Knows every open connection and tells the listeners of their lives. Not for
 * applications: they inject {@link WebSocketConnections}.
 */
@Internal
public final class ConnectionRegistry implements WebSocketConnections {

	private static final int MAX_REASON_BYTES = 123;

	private final ConnectionTable connections = new ConnectionTable();

	private final Listeners<ConnectionListener> listeners;

	/**
	 * Create a registry.
	 * @param listeners who is told of the lives of connections
	 */
	public ConnectionRegistry(Listeners<ConnectionListener> listeners) {
		this.listeners = listeners;
	}

	@Override
	public Optional<WebSocketConnection> find(String id) {
		return Optional.ofNullable(lookUp(id));
	}

	@Override
	public Stream<WebSocketConnection> stream() {
		return this.connections.stream().map(WebSocketConnection.class::cast);
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
		return this.connections.stream().filter((connection) -> connection.getRole() == Role.SERVER);
	}

	/**
	 * Tell that a connection has opened.
	 * @param connection the connection
	 */
	public void opened(ManagedConnection connection) {
		this.connections.put(connection);
		this.listeners.tell((listener) -> listener.onOpened(connection));
	}

	/**
	 * Tell that a ping was sent.
	 * @param connection the connection
	 * @param sequence the number of the ping
	 */
	public void pinged(ManagedConnection connection, int sequence) {
		this.listeners.tell((listener) -> listener.onPing(connection, sequence));
	}

	/**
	 * Tell that a pong was received.
	 * @param connection the connection
	 * @param sequence the number of the ping that it answers
	 * @param rttNanos the round-trip time in nanoseconds, or -1
	 */
	public void ponged(ManagedConnection connection, int sequence, long rttNanos) {
		this.listeners.tell((listener) -> listener.onPong(connection, sequence, rttNanos));
	}

	/**
	 * Tell that a verdict was put off.
	 * @param connection the connection
	 * @param reason why
	 */
	public void held(ManagedConnection connection, HoldReason reason) {
		this.listeners.tell((listener) -> listener.onHeld(connection, reason));
	}

	/**
	 * Tell that a connection has ended.
	 * @param connection the connection
	 * @param cause why
	 * @param code the close code
	 */
	public void closed(ManagedConnection connection, CloseCause cause, int code) {
		this.connections.remove(connection);
		this.listeners.tell((listener) -> listener.onClosed(connection, cause, code));
	}

	private @Nullable ManagedConnection lookUp(String id) {
		ManagedConnection connection = this.connections.get(id);
		return (connection != null) ? connection : this.connections.get(ConnectionId.of(id));
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

	/**
	 * Finds connections by their ids, at a fifth of the heap of a map: open addressing
	 * with linear probing, and the key is asked of the connection. In stripes, so that
	 * event loops seldom wait for one another and a growing stripe is soon copied.
	 * Thread-safe.
	 */
	private static final class ConnectionTable {

		private static final int STRIPES = 64;

		private final Stripe[] stripes = Stream.generate(Stripe::new).limit(STRIPES).toArray(Stripe[]::new);

		// Puts a connection in the place of one with the same id.
		void put(ManagedConnection connection) {
			String id = connection.getId();
			stripe(id).put(id, connection);
		}

		// Removes a connection, unless another one has its id by now.
		void remove(ManagedConnection connection) {
			String id = connection.getId();
			stripe(id).remove(id, connection);
		}

		@Nullable ManagedConnection get(String id) {
			return stripe(id).get(id);
		}

		// Each stripe is told as it is when the stream reaches it.
		Stream<ManagedConnection> stream() {
			return Arrays.stream(this.stripes).flatMap(Stripe::stream);
		}

		long size() {
			return Arrays.stream(this.stripes).mapToLong(Stripe::size).sum();
		}

		private Stripe stripe(String id) {
			return this.stripes[hash(id) >>> 26];
		}

		// The lower bits place a connection in its stripe, so the upper ones tell the
		// stripe: those of a String's hash depend on its first characters only.
		private static int hash(String id) {
			return id.hashCode() * 0x9E3779B9;
		}

		private static final class Stripe {

			private @Nullable ManagedConnection[] slots = new ManagedConnection[4];

			private int size;

			synchronized void put(String id, ManagedConnection connection) {
				int slot = slot(id);
				if (this.slots[slot] == null && ++this.size * 3 > this.slots.length * 2) {
					grow();
					slot = slot(id);
				}
				this.slots[slot] = connection;
			}

			synchronized void remove(String id, ManagedConnection connection) {
				int slot = slot(id);
				if (this.slots[slot] == connection) {
					this.slots[slot] = null;
					this.size--;
					closeGap(slot);
				}
			}

			synchronized @Nullable ManagedConnection get(String id) {
				return this.slots[slot(id)];
			}

			synchronized Stream<ManagedConnection> stream() {
				return Stream.of(this.slots.clone()).filter(Objects::nonNull);
			}

			synchronized int size() {
				return this.size;
			}

			// Where the connection with that id is, or else where it would be put.
			private int slot(String id) {
				int slot = hash(id) & (this.slots.length - 1);
				for (ManagedConnection at = this.slots[slot]; at != null
						&& !at.getId().equals(id); at = this.slots[slot]) {
					slot = next(slot);
				}
				return slot;
			}

			private int next(int slot) {
				return (slot + 1) & (this.slots.length - 1);
			}

			// What was pushed on by the removed one moves back: a search ends at a gap.
			private void closeGap(int gap) {
				int slot = next(gap);
				for (ManagedConnection moved = this.slots[slot]; moved != null; moved = this.slots[slot]) {
					this.slots[slot] = null;
					this.slots[slot(moved.getId())] = moved;
					slot = next(slot);
				}
			}

			private void grow() {
				@Nullable ManagedConnection[] old = this.slots;
				this.slots = new ManagedConnection[old.length * 2];
				for (ManagedConnection connection : old) {
					if (connection != null) {
						this.slots[slot(connection.getId())] = connection;
					}
				}
			}

		}

	}

}
