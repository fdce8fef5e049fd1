package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import io.github.websocketkeepalive.probe.Probe;
import io.github.websocketkeepalive.probe.ProbeListener;

/**
 * Counts connections without a request, and the lines of the log about them that were
 * downgraded.
 */
public final class ProbeMetrics implements ProbeListener {

	private final MeterRegistry registry;

	/**
	 * Create the metrics.
	 * @param registry where the meters are registered
	 */
	public ProbeMetrics(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void onProbe(Probe probe) {
		Counter.builder(WebSocketMeters.PROBES.meterName())
			.description(WebSocketMeters.PROBES.description())
			.tag("kind", probe.kind().text())
			.tag("end", probe.end().text())
			.register(this.registry)
			.increment();
	}

	@Override
	public void onDowngraded(String logger) {
		Counter.builder(WebSocketMeters.LOG_DOWNGRADED.meterName())
			.description(WebSocketMeters.LOG_DOWNGRADED.description())
			.tag("logger", logger)
			.register(this.registry)
			.increment();
	}

}
