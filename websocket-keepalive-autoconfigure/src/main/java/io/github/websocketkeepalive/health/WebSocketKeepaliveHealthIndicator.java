package io.github.websocketkeepalive.health;

import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.liveness.Liveness;

/**
 * Tells how many WebSockets are open and how many of them are held.
 */
public final class WebSocketKeepaliveHealthIndicator extends AbstractReactiveHealthIndicator {

	private final WebSocketConnections connections;

	/**
	 * Create an indicator.
	 * @param connections the open connections
	 */
	public WebSocketKeepaliveHealthIndicator(WebSocketConnections connections) {
		this.connections = connections;
	}

	@Override
	protected Mono<Health> doHealthCheck(Health.Builder builder) {
		long held = this.connections.stream().filter((connection) -> connection.getLiveness() == Liveness.HELD).count();
		return Mono
			.just(builder.up().withDetail("connections", this.connections.count()).withDetail("held", held).build());
	}

}
