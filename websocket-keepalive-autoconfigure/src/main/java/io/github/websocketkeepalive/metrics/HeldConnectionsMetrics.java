package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.liveness.HoldReason;

/**
 * Gauges the connections whose verdict is put off, whenever the meters are read.
 */
public final class HeldConnectionsMetrics implements MeterBinder {

	private final WebSocketConnections connections;

	/**
	 * Create the metrics.
	 * @param connections the open connections
	 */
	public HeldConnectionsMetrics(WebSocketConnections connections) {
		this.connections = connections;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (HoldReason reason : HoldReason.values()) {
			Gauge.builder(WebSocketMeters.HELD.meterName(), this.connections, (open) -> held(open, reason))
				.description(WebSocketMeters.HELD.description())
				.tag("reason", reason.text())
				.register(registry);
		}
	}

	private static long held(WebSocketConnections connections, HoldReason reason) {
		return connections.stream().filter((connection) -> connection.getHeldBy() == reason).count();
	}

}
