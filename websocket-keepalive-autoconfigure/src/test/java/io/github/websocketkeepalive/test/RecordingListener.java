package io.github.websocketkeepalive.test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;

/**
 * Remembers what connections went through.
 */
public final class RecordingListener implements ConnectionListener {

	private final List<WebSocketConnection> opened = new CopyOnWriteArrayList<>();

	private final List<Closed> closed = new CopyOnWriteArrayList<>();

	private final List<Held> held = new CopyOnWriteArrayList<>();

	private final Map<String, Long> lastPongs = new ConcurrentHashMap<>();

	@Override
	public void onOpened(WebSocketConnection connection) {
		this.opened.add(connection);
	}

	@Override
	public void onPong(WebSocketConnection connection, int sequence, long rttNanos) {
		this.lastPongs.put(connection.getId(), System.nanoTime());
	}

	@Override
	public void onHeld(WebSocketConnection connection, HoldReason reason) {
		this.held.add(new Held(connection, reason));
	}

	@Override
	public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
		this.closed.add(new Closed(connection, cause, code, System.nanoTime()));
	}

	public List<WebSocketConnection> opened() {
		return this.opened;
	}

	public List<Closed> closed() {
		return this.closed;
	}

	public List<Held> held() {
		return this.held;
	}

	public List<Closed> closed(String path) {
		return this.closed.stream().filter((end) -> end.connection().getPath().equals(path)).toList();
	}

	/**
	 * Return when the last pong of a connection came, as {@link System#nanoTime()}.
	 */
	public long lastPong(WebSocketConnection connection) {
		return this.lastPongs.get(connection.getId());
	}

	/**
	 * A verdict that was put off.
	 *
	 * @param connection the connection
	 * @param reason why
	 */
	public record Held(WebSocketConnection connection, HoldReason reason) {
	}

	/**
	 * The end of a connection.
	 *
	 * @param connection the connection
	 * @param cause why it ended
	 * @param code the close code
	 * @param nanoTime when
	 */
	public record Closed(WebSocketConnection connection, CloseCause cause, int code, long nanoTime) {
	}

}
