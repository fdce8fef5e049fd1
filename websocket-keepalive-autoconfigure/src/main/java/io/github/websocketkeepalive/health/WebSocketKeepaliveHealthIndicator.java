package io.github.websocketkeepalive.health;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.liveness.Liveness;

/**
 * Tells how many WebSockets are open, how many of them are held, and how the event loops
 * fare. Down while an event loop is stalled for too long, out of service while draining.
 */
public final class WebSocketKeepaliveHealthIndicator extends AbstractReactiveHealthIndicator {

	private final WebSocketConnections connections;

	private final @Nullable EventLoopWatchdog watchdog;

	private final @Nullable Drain drain;

	/**
	 * Create an indicator.
	 * @param connections the open connections
	 * @param watchdog what watches the event loops, or {@code null} if they are not
	 * @param drain what drains, or {@code null} if nothing does
	 */
	public WebSocketKeepaliveHealthIndicator(WebSocketConnections connections, @Nullable EventLoopWatchdog watchdog,
			@Nullable Drain drain) {
		this.connections = connections;
		this.watchdog = watchdog;
		this.drain = drain;
	}

	@Override
	protected Mono<Health> doHealthCheck(Health.Builder builder) {
		long held = this.connections.stream().filter((connection) -> connection.getLiveness() == Liveness.HELD).count();
		builder.up().withDetail("connections", this.connections.count()).withDetail("held", held);
		if (this.drain != null) {
			builder.status(this.drain.isDraining() ? Status.OUT_OF_SERVICE : Status.UP)
				.withDetail("draining", this.drain.isDraining());
		}
		if (this.watchdog != null) {
			builder.withDetail("stalledLoops", this.watchdog.stalledLoops())
				.withDetail("worstLoopLagMillis", this.watchdog.worstLag().toMillis());
			if (this.watchdog.isDown()) {
				builder.down();
			}
		}
		return Mono.just(builder.build());
	}

}
