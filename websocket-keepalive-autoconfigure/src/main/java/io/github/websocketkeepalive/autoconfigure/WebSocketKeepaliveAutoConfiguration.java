package io.github.websocketkeepalive.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.util.pattern.PathPattern;
import reactor.netty.http.server.HttpServer;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties.Heartbeat;
import io.github.websocketkeepalive.autoconfigure.role.AnyRoleCondition;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopListener;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.server.PathPolicies;
import io.github.websocketkeepalive.transport.TcpTuning;

/**
 * Auto-configuration of what servers and clients have in common. The registry is there
 * also while the starter is switched off, because applications inject it.
 */
@AutoConfiguration(
		afterName = { "org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration",
				"org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration",
				"org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration" })
@ConditionalOnClass({ HttpServer.class, PathPattern.class })
@EnableConfigurationProperties(WebSocketKeepaliveProperties.class)
public final class WebSocketKeepaliveAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CallbackFailures webSocketCallbackFailures() {
		return new CallbackFailures();
	}

	@Bean
	@ConditionalOnMissingBean
	ConnectionRegistry webSocketConnectionRegistry(ObjectProvider<ConnectionListener> listeners,
			CallbackFailures failures) {
		return new ConnectionRegistry(
				new Listeners<>(ConnectionListener.class, () -> listeners.orderedStream().toList(), failures));
	}

	/**
	 * Configuration of heartbeats, of the watchdog and of the options of TCP.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "websocket-keepalive.enabled", matchIfMissing = true)
	static class HeartbeatConfiguration {

		private final WebSocketKeepaliveProperties properties;

		private final HeartbeatPolicyMapper policies;

		HeartbeatConfiguration(WebSocketKeepaliveProperties properties) {
			this.properties = properties;
			this.policies = HeartbeatPolicyMapper.of(properties.heartbeat(), properties.client().heartbeat());
		}

		@Bean
		@ConditionalOnMissingBean
		EventLoopMonitors webSocketEventLoopMonitors() {
			return new EventLoopMonitors(this.policies.sweepPeriod(this.properties.eventLoop().sweep()));
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBooleanProperty(name = "websocket-keepalive.event-loop.enabled", matchIfMissing = true)
		@Conditional(AnyRoleCondition.class)
		EventLoopWatchdog webSocketEventLoopWatchdog(EventLoopMonitors monitors,
				ObjectProvider<EventLoopListener> listeners, CallbackFailures failures) {
			return new EventLoopWatchdog(monitors, this.properties.eventLoop().toStallPolicy(),
					new Listeners<>(EventLoopListener.class, listeners.orderedStream().toList(), failures));
		}

		@Bean
		@ConditionalOnMissingBean
		TcpTuning webSocketTcpTuning() {
			return new TcpTuning(this.properties.tcp().toTcpOptions());
		}

		@Bean
		@ConditionalOnMissingBean
		Heartbeats webSocketHeartbeats(ConnectionRegistry registry, EventLoopMonitors monitors,
				ObjectProvider<MdcScope> mdc) {
			Heartbeat heartbeat = this.properties.heartbeat();
			return new Heartbeats(registry, monitors,
					new Heartbeats.Options(Math.toIntExact(heartbeat.lookAhead().toBytes()),
							this.properties.guard().toGuardPolicy(), mdc.getIfAvailable(() -> MdcScope.OFF),
							heartbeat.toTextPing()));
		}

		@Bean
		@ConditionalOnMissingBean
		PathPolicies webSocketHeartbeatPolicies() {
			return this.policies.toPathPolicies();
		}

		@Bean
		@ConditionalOnMissingBean(name = "webSocketClientLivenessPolicy")
		LivenessPolicy webSocketClientLivenessPolicy() {
			return this.policies.client();
		}

		@Bean
		ProxyIdleTimeoutCheck webSocketProxyIdleTimeoutCheck() {
			return new ProxyIdleTimeoutCheck(this.properties.heartbeat());
		}

	}

}
