package io.github.websocketkeepalive.heartbeat;

import java.util.ArrayList;
import java.util.List;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;

/**
 * Writes down the lives of connections.
 */
final class RecordingListener implements ConnectionListener {

	private final List<String> events = new ArrayList<>();

	List<String> events() {
		return this.events;
	}

	@Override
	public void onOpened(WebSocketConnection connection) {
		this.events.add("opened");
	}

	@Override
	public void onPing(WebSocketConnection connection, int sequence) {
		this.events.add("ping " + sequence);
	}

	@Override
	public void onPong(WebSocketConnection connection, int sequence, long rttNanos) {
		this.events.add("pong " + sequence + ((rttNanos < 0) ? " of an older ping" : ""));
	}

	@Override
	public void onHeld(WebSocketConnection connection, HoldReason reason) {
		this.events.add("held " + reason.text());
	}

	@Override
	public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
		this.events.add("closed " + cause.text() + " " + code);
	}

}
