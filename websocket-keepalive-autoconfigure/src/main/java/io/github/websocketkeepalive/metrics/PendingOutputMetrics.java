package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.connection.WebSocketConnections;

/**
 * Gauges the output that waits for slow peers, whenever the meters are read.
 */
public final class PendingOutputMetrics implements MeterBinder {

	private final WebSocketConnections connections;

	/**
	 * Create the metrics.
	 * @param connections the open connections
	 */
	public PendingOutputMetrics(WebSocketConnections connections) {
		this.connections = connections;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder(WebSocketMeters.OUTPUT_PENDING.meterName(), this.connections, PendingOutputMetrics::pendingBytes)
			.description(WebSocketMeters.OUTPUT_PENDING.description())
			.baseUnit("bytes")
			.register(registry);
	}

	private static long pendingBytes(WebSocketConnections connections) {
		return connections.stream().mapToLong(WebSocketConnection::getPendingBytes).sum();
	}

}
