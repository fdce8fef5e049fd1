package io.github.websocketkeepalive.autoconfigure.health;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.github.websocketkeepalive.admission.OpenFiles;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.role.AnyRoleCondition;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.health.HandshakeRates;
import io.github.websocketkeepalive.health.WebSocketHealthDetails;
import io.github.websocketkeepalive.health.WebSocketKeepaliveHealthIndicator;
import io.github.websocketkeepalive.heartbeat.Heartbeats;

/**
 * Auto-configuration of the health of WebSockets.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class)
@ConditionalOnClass({ ReactiveHealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("websocketkeepalive")
@ConditionalOnBean(Heartbeats.class)
@Conditional(AnyRoleCondition.class)
public final class WebSocketHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "webSocketKeepaliveHealthIndicator")
	WebSocketKeepaliveHealthIndicator webSocketKeepaliveHealthIndicator(WebSocketConnections connections,
			EventLoopMonitors monitors, ObjectProvider<EventLoopWatchdog> watchdog, ObjectProvider<Drain> drain,
			ObjectProvider<HandshakeRates> handshakes, ObjectProvider<OpenFiles> openFiles,
			ObjectProvider<WebSocketHealthDetails> more) {
		return new WebSocketKeepaliveHealthIndicator(connections, monitors, watchdog.getIfAvailable(),
				drain.getIfAvailable(), handshakes.getIfAvailable(), openFiles.getIfAvailable(),
				more.orderedStream().toList());
	}

}
