package io.github.websocketkeepalive.autoconfigure.probe;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;

import io.github.websocketkeepalive.autoconfigure.LogLevels;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.autoconfigure.role.ServerRoleCondition;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.probe.ProbeListener;
import io.github.websocketkeepalive.probe.ProbeSources;
import io.github.websocketkeepalive.probe.ProbeSummary;
import io.github.websocketkeepalive.probe.Probes;
import io.github.websocketkeepalive.server.ProbeServerCustomizer;

/**
 * Auto-configuration of what is made of connections that ask for nothing.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class)
@ConditionalOnClass(NettyReactiveWebServerFactory.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(Heartbeats.class)
@Conditional(ServerRoleCondition.class)
@ConditionalOnBooleanProperty(name = "websocket-keepalive.probe.enabled", matchIfMissing = true)
@Import({ LogbackNoiseConfiguration.class, Log4j2NoiseConfiguration.class })
public final class WebSocketProbeAutoConfiguration {

	private final WebSocketKeepaliveProperties.Probe properties;

	WebSocketProbeAutoConfiguration(WebSocketKeepaliveProperties properties) {
		this.properties = properties.probe();
	}

	@Bean
	@ConditionalOnMissingBean
	Probes webSocketProbes(ObjectProvider<ProbeListener> listeners, CallbackFailures failures) {
		return new Probes(LogLevels.toSlf4j(this.properties.logLevel()),
				new Listeners<>(ProbeListener.class, () -> listeners.orderedStream().toList(), failures));
	}

	@Bean
	@ConditionalOnMissingBean
	ProbeSources webSocketProbeSources() {
		return new ProbeSources(System::nanoTime);
	}

	@Bean
	@ConditionalOnMissingBean
	ProbeSummary webSocketProbeSummary(ProbeSources sources) {
		return new ProbeSummary(sources, this.properties.summaryInterval(), System::nanoTime);
	}

	@Bean
	@ConditionalOnMissingBean
	ProbeServerCustomizer webSocketProbeServerCustomizer(Probes probes, ProbeSummary summary,
			EventLoopMonitors monitors) {
		return new ProbeServerCustomizer(probes, summary, monitors);
	}

}
