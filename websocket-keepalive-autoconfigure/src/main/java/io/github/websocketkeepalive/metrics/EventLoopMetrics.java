package io.github.websocketkeepalive.metrics;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import io.github.websocketkeepalive.eventloop.EventLoopListener;

/**
 * Times the lag of event loops, and counts their stalls.
 */
public final class EventLoopMetrics implements EventLoopListener {

	private final ConcurrentMap<String, Timer> lags = new ConcurrentHashMap<>();

	private final MeterRegistry registry;

	private final Counter stalls;

	/**
	 * Create the metrics.
	 * @param registry where the meters are registered
	 */
	public EventLoopMetrics(MeterRegistry registry) {
		this.registry = registry;
		this.stalls = Counter.builder(WebSocketMeters.EVENT_LOOP_STALLS.meterName())
			.description(WebSocketMeters.EVENT_LOOP_STALLS.description())
			.register(registry);
	}

	@Override
	public void onLag(String eventLoop, long nanos) {
		this.lags.computeIfAbsent(eventLoop, this::timer).record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void onStall(String eventLoop) {
		this.stalls.increment();
	}

	private Timer timer(String eventLoop) {
		return Timer.builder(WebSocketMeters.EVENT_LOOP_LAG.meterName())
			.description(WebSocketMeters.EVENT_LOOP_LAG.description())
			.tag("event.loop", eventLoop)
			.register(this.registry);
	}

}
