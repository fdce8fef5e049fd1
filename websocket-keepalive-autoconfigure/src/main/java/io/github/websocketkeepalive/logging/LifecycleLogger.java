package io.github.websocketkeepalive.logging;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.peer.PeerAddress;

/**
 * Writes one line when a connection opens and one when it has closed; at DEBUG also one
 * for each ping, pong and hold.
 */
public final class LifecycleLogger implements ConnectionListener {

	private static final Logger logger = LoggerFactory.getLogger(LifecycleLogger.class);

	private final @Nullable Level level;

	private final MdcScope mdc;

	/**
	 * Create a logger.
	 * @param level the level of the lines for opening and closing, or {@code null} for no
	 * such lines
	 * @param mdc what puts the id of a connection into MDC
	 */
	public LifecycleLogger(@Nullable Level level, MdcScope mdc) {
		this.level = level;
		this.mdc = mdc;
	}

	@Override
	public void onOpened(WebSocketConnection connection) {
		if (isEnabled(this.level)) {
			log(this.level, connection, "[{}] opened: {} endpoint={} remote={} transport={}", connection.getId(),
					role(connection), connection.getEndpoint(), PeerAddress.of(connection.getRemoteAddress()),
					connection.getTransport());
		}
	}

	@Override
	public void onPing(WebSocketConnection connection, int sequence) {
		if (isEnabled(Level.DEBUG)) {
			log(Level.DEBUG, connection, "[{}] ping {}: {} endpoint={}", connection.getId(), sequence, role(connection),
					connection.getEndpoint());
		}
	}

	@Override
	public void onPong(WebSocketConnection connection, int sequence, long rttNanos) {
		if (isEnabled(Level.DEBUG)) {
			log(Level.DEBUG, connection, "[{}] pong {}: {} endpoint={} rtt={}", connection.getId(), sequence,
					role(connection), connection.getEndpoint(), (rttNanos >= 0) ? millis(rttNanos) : "-");
		}
	}

	@Override
	public void onHeld(WebSocketConnection connection, HoldReason reason) {
		if (isEnabled(Level.DEBUG)) {
			log(Level.DEBUG, connection, "[{}] held: {} endpoint={} reason={}", connection.getId(), role(connection),
					connection.getEndpoint(), reason.text());
		}
	}

	@Override
	public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
		if (isEnabled(this.level)) {
			Duration rtt = connection.getRtt();
			log(this.level, connection,
					"[{}] closed: {} endpoint={} cause={} code={} age={} lastByteAgo={} rtt={} received={}B sent={}B",
					connection.getId(), role(connection), connection.getEndpoint(), cause.text(), code,
					seconds(Duration.between(connection.getOpenedAt(), Instant.now())),
					seconds(connection.getSinceLastReceived()), (rtt != null) ? millis(rtt.toNanos()) : "-",
					connection.getBytesReceived(), connection.getBytesSent());
		}
	}

	private static boolean isEnabled(@Nullable Level level) {
		return level != null && logger.isEnabledForLevel(level);
	}

	private void log(@Nullable Level level, WebSocketConnection connection, String format,
			@Nullable Object... arguments) {
		if (level != null) {
			try (MdcScope.Open open = this.mdc.open(connection.getId())) {
				logger.atLevel(level).log(format, arguments);
			}
		}
	}

	private static String role(WebSocketConnection connection) {
		String client = connection.getClientName();
		return "role=" + connection.getRole().text() + ((client != null) ? " client=" + client : "");
	}

	private static String seconds(Duration duration) {
		return String.format(Locale.ROOT, "%.1fs", duration.toMillis() / 1000.0);
	}

	private static String millis(long nanos) {
		return String.format(Locale.ROOT, "%.1fms", nanos / 1_000_000.0);
	}

}
