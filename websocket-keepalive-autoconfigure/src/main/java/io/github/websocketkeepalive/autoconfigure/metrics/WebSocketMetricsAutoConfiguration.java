package io.github.websocketkeepalive.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.admission.WebSocketAdmissionAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.role.AnyRoleCondition;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.metrics.CallbackMetrics;
import io.github.websocketkeepalive.metrics.ClientMetrics;
import io.github.websocketkeepalive.metrics.ConnectionMetrics;
import io.github.websocketkeepalive.metrics.EventLoopMetrics;
import io.github.websocketkeepalive.metrics.HandshakeMetrics;
import io.github.websocketkeepalive.metrics.HeldConnectionsMetrics;
import io.github.websocketkeepalive.metrics.PendingOutputMetrics;
import io.github.websocketkeepalive.metrics.ProbeMetrics;

/**
 * Auto-configuration of the meters of WebSockets. A meter is switched off as any other,
 * by {@code management.metrics.enable.websocket}.
 */
@AutoConfiguration(after = { WebSocketKeepaliveAutoConfiguration.class, WebSocketAdmissionAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, Heartbeats.class })
@Conditional(AnyRoleCondition.class)
public final class WebSocketMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CallbackMetrics webSocketCallbackMetrics(CallbackFailures failures) {
		return new CallbackMetrics(failures);
	}

	@Bean
	@ConditionalOnMissingBean
	ConnectionMetrics webSocketConnectionMetrics(MeterRegistry registry) {
		return new ConnectionMetrics(registry);
	}

	@Bean
	@ConditionalOnMissingBean
	ClientMetrics webSocketClientMetrics(MeterRegistry registry) {
		return new ClientMetrics(registry);
	}

	@Bean
	@ConditionalOnMissingBean
	EventLoopMetrics webSocketEventLoopMetrics(MeterRegistry registry) {
		return new EventLoopMetrics(registry);
	}

	@Bean
	@ConditionalOnMissingBean
	ProbeMetrics webSocketProbeMetrics(MeterRegistry registry) {
		return new ProbeMetrics(registry);
	}

	@Bean
	@ConditionalOnMissingBean
	HeldConnectionsMetrics webSocketHeldConnectionsMetrics(WebSocketConnections connections) {
		return new HeldConnectionsMetrics(connections);
	}

	@Bean
	@ConditionalOnMissingBean
	PendingOutputMetrics webSocketPendingOutputMetrics(WebSocketConnections connections) {
		return new PendingOutputMetrics(connections);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(AdmissionGate.class)
	HandshakeMetrics webSocketHandshakeMetrics(MeterRegistry registry) {
		return new HandshakeMetrics(registry);
	}

}
