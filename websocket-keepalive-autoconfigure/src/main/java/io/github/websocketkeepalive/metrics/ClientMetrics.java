package io.github.websocketkeepalive.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import io.github.websocketkeepalive.client.ClientListener;

/**
 * Counts what clients go through.
 */
public final class ClientMetrics implements ClientListener {

	private final MeterRegistry registry;

	/**
	 * Create the metrics.
	 * @param registry where the meters are registered, each when first needed
	 */
	public ClientMetrics(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void onReconnect(String client, String cause) {
		count(WebSocketMeters.CLIENT_RECONNECTS, "client", client, "cause", cause);
	}

	@Override
	public void onDropped(String client) {
		count(WebSocketMeters.CLIENT_DROPPED, "client", client);
	}

	private void count(WebSocketMeters meter, String... tags) {
		Counter.builder(meter.meterName())
			.description(meter.description())
			.tags(tags)
			.register(this.registry)
			.increment();
	}

}
