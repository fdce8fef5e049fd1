package io.github.websocketkeepalive.metrics;

import java.net.SocketAddress;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.admission.AdmissionListener;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.connection.WebSocketConnection;

/**
 * Counts the opening handshakes that the server accepts and refuses.
 */
public final class HandshakeMetrics implements ConnectionListener, AdmissionListener {

	private final MeterRegistry registry;

	private final Counter accepted;

	/**
	 * Create the metrics.
	 * @param registry where the meters are registered
	 */
	public HandshakeMetrics(MeterRegistry registry) {
		this.registry = registry;
		this.accepted = Counter.builder(WebSocketMeters.HANDSHAKES_ACCEPTED.meterName())
			.description(WebSocketMeters.HANDSHAKES_ACCEPTED.description())
			.register(registry);
	}

	@Override
	public void onOpened(WebSocketConnection connection) {
		if (connection.getRole() == Role.SERVER) {
			this.accepted.increment();
		}
	}

	@Override
	public void onRejected(String reason, @Nullable SocketAddress remoteAddress) {
		Counter.builder(WebSocketMeters.HANDSHAKES_REJECTED.meterName())
			.description(WebSocketMeters.HANDSHAKES_REJECTED.description())
			.tag("reason", reason)
			.register(this.registry)
			.increment();
	}

}
