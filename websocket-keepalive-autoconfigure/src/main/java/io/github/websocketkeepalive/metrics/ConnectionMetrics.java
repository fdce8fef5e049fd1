package io.github.websocketkeepalive.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.WebSocketConnection;

/**
 * Counts connections, pings and pongs as they happen.
 */
public final class ConnectionMetrics implements ConnectionListener {

	private final ConcurrentMap<Tags, EndpointMeters> endpoints = new ConcurrentHashMap<>();

	private final MeterRegistry registry;

	/**
	 * Create the metrics.
	 * @param registry where the meters are registered, each when first needed
	 */
	public ConnectionMetrics(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void onOpened(WebSocketConnection connection) {
		meters(connection).active.incrementAndGet();
	}

	@Override
	public void onPing(WebSocketConnection connection, int sequence) {
		meters(connection).pings.increment();
	}

	@Override
	public void onPong(WebSocketConnection connection, int sequence, long rttNanos) {
		EndpointMeters meters = meters(connection);
		meters.pongs.increment();
		if (rttNanos >= 0) {
			meters.rtt.record(rttNanos, TimeUnit.NANOSECONDS);
		}
	}

	@Override
	public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
		meters(connection).active.decrementAndGet();
		Timer.builder(WebSocketMeters.CONNECTIONS_CLOSED.meterName())
			.description(WebSocketMeters.CONNECTIONS_CLOSED.description())
			.tags(tags(connection).and("cause", cause.text()))
			.register(this.registry)
			.record(Duration.between(connection.getOpenedAt(), Instant.now()));
	}

	private EndpointMeters meters(WebSocketConnection connection) {
		return this.endpoints.computeIfAbsent(tags(connection), (tags) -> new EndpointMeters(this.registry, tags));
	}

	private static Tags tags(WebSocketConnection connection) {
		return Tags.of("endpoint", connection.getEndpoint(), "role", connection.getRole().text());
	}

	private static final class EndpointMeters {

		private final AtomicInteger active = new AtomicInteger();

		private final Timer rtt;

		private final Counter pings;

		private final Counter pongs;

		EndpointMeters(MeterRegistry registry, Tags tags) {
			Gauge.builder(WebSocketMeters.CONNECTIONS_ACTIVE.meterName(), this.active, AtomicInteger::get)
				.description(WebSocketMeters.CONNECTIONS_ACTIVE.description())
				.tags(tags)
				.register(registry);
			this.rtt = Timer.builder(WebSocketMeters.PING_RTT.meterName())
				.description(WebSocketMeters.PING_RTT.description())
				.tags(tags)
				.register(registry);
			this.pings = counter(registry, WebSocketMeters.PINGS_SENT, tags);
			this.pongs = counter(registry, WebSocketMeters.PONGS_RECEIVED, tags);
		}

		private static Counter counter(MeterRegistry registry, WebSocketMeters meter, Tags tags) {
			return Counter.builder(meter.meterName()).description(meter.description()).tags(tags).register(registry);
		}

	}

}
