package io.github.websocketkeepalive.logging;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.peer.PeerAddress;

/**
 * Writes one line when a connection opens and one when it has closed; at DEBUG also one
 * for each ping, pong and hold. What a line tells is also in its key-value pairs, for
 * structured logging.
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
		Level level = this.level;
		if (level != null && logger.isEnabledForLevel(level)) {
			String remote = PeerAddress.of(connection.getRemoteAddress());
			LoggingEventBuilder line = line(level, connection, "opened").addKeyValue("websocket_remote_address", remote)
				.addKeyValue("websocket_transport", connection.getTransport());
			log(line, connection, "[{}] opened: {} endpoint={} remote={} transport={}", connection.getId(),
					role(connection), connection.getEndpoint(), remote, connection.getTransport());
		}
	}

	@Override
	public void onPing(WebSocketConnection connection, int sequence) {
		if (logger.isDebugEnabled()) {
			LoggingEventBuilder line = line(Level.DEBUG, connection, "ping").addKeyValue("websocket_sequence",
					sequence);
			log(line, connection, "[{}] ping {}: {} endpoint={}", connection.getId(), sequence, role(connection),
					connection.getEndpoint());
		}
	}

	@Override
	public void onPong(WebSocketConnection connection, int sequence, long rttNanos) {
		if (logger.isDebugEnabled()) {
			LoggingEventBuilder line = line(Level.DEBUG, connection, "pong").addKeyValue("websocket_sequence",
					sequence);
			log(addRtt(line, rttNanos), connection, "[{}] pong {}: {} endpoint={} rtt={}", connection.getId(), sequence,
					role(connection), connection.getEndpoint(), rtt(rttNanos));
		}
	}

	@Override
	public void onHeld(WebSocketConnection connection, HoldReason reason) {
		if (logger.isDebugEnabled()) {
			LoggingEventBuilder line = line(Level.DEBUG, connection, "held").addKeyValue("websocket_held_by",
					reason.text());
			log(line, connection, "[{}] held: {} endpoint={} reason={}", connection.getId(), role(connection),
					connection.getEndpoint(), reason.text());
		}
	}

	@Override
	public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
		Level level = this.level;
		if (level != null && logger.isEnabledForLevel(level)) {
			Duration age = Duration.between(connection.getOpenedAt(), Instant.now());
			Duration silence = connection.getSinceLastReceived();
			long rtt = nanos(connection.getRtt());
			LoggingEventBuilder line = line(level, connection, "closed").addKeyValue("websocket_cause", cause.text())
				.addKeyValue("websocket_code", code)
				.addKeyValue("websocket_age_millis", age.toMillis())
				.addKeyValue("websocket_last_received_millis_ago", silence.toMillis())
				.addKeyValue("websocket_bytes_received", connection.getBytesReceived())
				.addKeyValue("websocket_bytes_sent", connection.getBytesSent());
			log(addRtt(line, rtt), connection,
					"[{}] closed: {} endpoint={} cause={} code={} age={} lastByteAgo={} rtt={} received={}B sent={}B",
					connection.getId(), role(connection), connection.getEndpoint(), cause.text(), code, seconds(age),
					seconds(silence), rtt(rtt), connection.getBytesReceived(), connection.getBytesSent());
		}
	}

	// The prefix keeps fields apart from the application's MDC: where a name is there
	// twice, Spring Boot's formats of Logback throw, and the line is lost. A dot would do
	// the same to the id, which is in MDC as "websocket".
	private static LoggingEventBuilder line(Level level, WebSocketConnection connection, String event) {
		LoggingEventBuilder line = logger.atLevel(level)
			.addKeyValue("websocket_event", event)
			.addKeyValue("websocket_role", connection.getRole().text())
			.addKeyValue("websocket_endpoint", connection.getEndpoint());
		String client = connection.getClientName();
		return (client != null) ? line.addKeyValue("websocket_client", client) : line;
	}

	// Always with a decimal point, so that stores which take the type of a field from its
	// first value see no integer.
	private static LoggingEventBuilder addRtt(LoggingEventBuilder line, long nanos) {
		return (nanos >= 0) ? line.addKeyValue("websocket_rtt_millis", nanos / 1_000 / 1_000.0) : line;
	}

	private void log(LoggingEventBuilder line, WebSocketConnection connection, String format,
			@Nullable Object... arguments) {
		try (MdcScope.Open open = this.mdc.open(connection.getId())) {
			line.log(format, arguments);
		}
	}

	private static String role(WebSocketConnection connection) {
		String client = connection.getClientName();
		return "role=" + connection.getRole().text() + ((client != null) ? " client=" + client : "");
	}

	private static String seconds(Duration duration) {
		return String.format(Locale.ROOT, "%.1fs", duration.toMillis() / 1000.0);
	}

	private static String rtt(long nanos) {
		return (nanos >= 0) ? String.format(Locale.ROOT, "%.1fms", nanos / 1_000_000.0) : "-";
	}

	private static long nanos(@Nullable Duration rtt) {
		return (rtt != null) ? rtt.toNanos() : -1;
	}

}
