package io.github.websocketkeepalive.health;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.admission.OpenFiles;
import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.liveness.Liveness;

/**
 * Tells how many WebSockets are open, how many of them are held, what waits to be sent,
 * how many connect, how the event loops fare, and what other modules have to tell. Down
 * while an event loop is stalled for too long, and for good when one of them or the
 * watchdog has ended; out of service while draining.
 */
public final class WebSocketKeepaliveHealthIndicator extends AbstractReactiveHealthIndicator {

	private final WebSocketConnections connections;

	private final EventLoopMonitors monitors;

	private final @Nullable EventLoopWatchdog watchdog;

	private final @Nullable Drain drain;

	private final @Nullable HandshakeRates handshakes;

	private final @Nullable OpenFiles openFiles;

	private final List<WebSocketHealthDetails> more;

	/**
	 * Create an indicator.
	 * @param connections the open connections
	 * @param monitors the event loops
	 * @param watchdog what watches the event loops, or {@code null} if they are not
	 * @param drain what drains, or {@code null} if nothing does
	 * @param handshakes what counts opening handshakes, or {@code null} if they are not
	 * @param openFiles what counts open files, or {@code null} if they are not
	 * @param more what other modules tell
	 */
	public WebSocketKeepaliveHealthIndicator(WebSocketConnections connections, EventLoopMonitors monitors,
			@Nullable EventLoopWatchdog watchdog, @Nullable Drain drain, @Nullable HandshakeRates handshakes,
			@Nullable OpenFiles openFiles, List<WebSocketHealthDetails> more) {
		this.connections = connections;
		this.monitors = monitors;
		this.watchdog = watchdog;
		this.drain = drain;
		this.handshakes = handshakes;
		this.openFiles = openFiles;
		this.more = List.copyOf(more);
	}

	@Override
	protected Mono<Health> doHealthCheck(Health.Builder builder) {
		long held = this.connections.stream().filter((connection) -> connection.getLiveness() == Liveness.HELD).count();
		long pendingBytes = this.connections.stream().mapToLong(WebSocketConnection::getPendingBytes).sum();
		builder.up()
			.withDetail("connections", this.connections.count())
			.withDetail("held", held)
			.withDetail("pendingOutputBytes", pendingBytes);
		if (this.drain != null) {
			builder.status(this.drain.isDraining() ? Status.OUT_OF_SERVICE : Status.UP)
				.withDetail("draining", this.drain.isDraining());
		}
		if (this.handshakes != null) {
			builder.withDetail("handshakesAcceptedPerSecond", this.handshakes.acceptedPerSecond())
				.withDetail("handshakesRejectedPerSecond", this.handshakes.rejectedPerSecond());
		}
		if (this.openFiles != null && this.openFiles.limit() > 0) {
			builder.withDetail("openFiles", this.openFiles.used()).withDetail("maxOpenFiles", this.openFiles.limit());
		}
		this.more.forEach((details) -> details.details().forEach(builder::withDetail));
		if (this.watchdog != null) {
			builder.withDetail("stalledLoops", this.watchdog.stalledLoops())
				.withDetail("worstLoopLagMillis", this.watchdog.worstLag().toMillis());
			if (this.watchdog.isDown()) {
				builder.down();
			}
			if (!this.watchdog.isWatching()) {
				builder.down().withDetail("endedTasks", List.of("websocket-keepalive-watchdog"));
			}
		}
		List<String> endedLoops = this.monitors.endedLoops();
		if (!endedLoops.isEmpty()) {
			builder.down().withDetail("endedLoops", endedLoops);
		}
		return Mono.just(builder.build());
	}

}
