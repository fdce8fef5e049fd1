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

/**
 * Writes one line when a connection opens and one when it has closed; at DEBUG also one
 * for each ping, pong and hold.
 */
public final class LifecycleLogger implements ConnectionListener {

	private static final Logger logger = LoggerFactory.getLogger(LifecycleLogger.class);

	private final @Nullable Level level;

	/**
	 * Create a logger.
	 * @param level the level of the lines for opening and closing, or {@code null} for no
	 * such lines
	 */
	public LifecycleLogger(@Nullable Level level) {
		this.level = level;
	}

	@Override
	public void onOpened(WebSocketConnection connection) {
		if (isEnabled()) {
			log("[{}] opened: role={} endpoint={} remote={} transport={}", connection.getId(),
					connection.getRole().text(), connection.getEndpoint(), connection.getRemoteAddress(),
					connection.getTransport());
		}
	}

	@Override
	public void onPing(WebSocketConnection connection, int sequence) {
		logger.debug("[{}] ping {}: role={} endpoint={}", connection.getId(), sequence, connection.getRole().text(),
				connection.getEndpoint());
	}

	@Override
	public void onPong(WebSocketConnection connection, int sequence, long rttNanos) {
		if (logger.isDebugEnabled()) {
			logger.debug("[{}] pong {}: role={} endpoint={} rtt={}", connection.getId(), sequence,
					connection.getRole().text(), connection.getEndpoint(), (rttNanos >= 0) ? millis(rttNanos) : "-");
		}
	}

	@Override
	public void onHeld(WebSocketConnection connection, HoldReason reason) {
		logger.debug("[{}] held: role={} endpoint={} reason={}", connection.getId(), connection.getRole().text(),
				connection.getEndpoint(), reason.text());
	}

	@Override
	public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
		if (isEnabled()) {
			Duration rtt = connection.getRtt();
			log("[{}] closed: role={} endpoint={} cause={} code={} age={} lastByteAgo={} rtt={} received={}B sent={}B",
					connection.getId(), connection.getRole().text(), connection.getEndpoint(), cause.text(), code,
					seconds(Duration.between(connection.getOpenedAt(), Instant.now())),
					seconds(connection.getSinceLastReceived()), (rtt != null) ? millis(rtt.toNanos()) : "-",
					connection.getBytesReceived(), connection.getBytesSent());
		}
	}

	private boolean isEnabled() {
		return this.level != null && logger.isEnabledForLevel(this.level);
	}

	private void log(String format, @Nullable Object... arguments) {
		if (this.level != null) {
			logger.atLevel(this.level).log(format, arguments);
		}
	}

	private static String seconds(Duration duration) {
		return String.format(Locale.ROOT, "%.1fs", duration.toMillis() / 1000.0);
	}

	private static String millis(long nanos) {
		return String.format(Locale.ROOT, "%.1fms", nanos / 1_000_000.0);
	}

}
