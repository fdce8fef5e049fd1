package io.github.websocketkeepalive.stream.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.github.websocketkeepalive.autoconfigure.metrics.WebSocketMetricsAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.role.AnyRoleCondition;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.metrics.CallbackMetrics;
import io.github.websocketkeepalive.stream.metrics.StreamMetrics;
import io.github.websocketkeepalive.stream.server.StreamListener;

/**
 * Auto-configuration of the meters of streams.
 */
@AutoConfiguration(after = WebSocketMetricsAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, Heartbeats.class })
@Conditional(AnyRoleCondition.class)
public final class WebSocketStreamMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StreamMetrics webSocketStreamMetrics(MeterRegistry registry) {
		return new StreamMetrics(registry);
	}

	@Bean
	MeterBinder webSocketStreamCallbackMetrics(CallbackFailures failures) {
		return CallbackMetrics.of(failures, StreamListener.class);
	}

}
