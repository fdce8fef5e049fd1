package io.github.websocketkeepalive.autoconfigure.client;

import java.time.Duration;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import reactor.netty.http.client.HttpClient;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.client.ClientConnections;
import io.github.websocketkeepalive.client.ClientListener;
import io.github.websocketkeepalive.client.ClientResources;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClientCustomizer;
import io.github.websocketkeepalive.client.reconnect.BackoffPolicy;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.transport.TcpTuning;

/**
 * Auto-configuration of the builder of clients, with or without a web server.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class)
@ConditionalOnClass({ HttpClient.class, ReactorNettyWebSocketClient.class })
@ConditionalOnBean(CallbackFailures.class)
public final class WebSocketClientAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ClientConnections webSocketClientConnections() {
		return new ClientConnections();
	}

	@Bean
	ClientLifecycle webSocketClientLifecycle(ClientConnections connections) {
		return new ClientLifecycle(connections);
	}

	@Bean
	@Scope("prototype")
	@ConditionalOnMissingBean
	KeepaliveWebSocketClient.Builder webSocketClientBuilder(WebSocketKeepaliveProperties properties,
			ClientHeartbeats heartbeats, ConnectionRegistry registry, ClientConnections connections,
			ObjectProvider<ClientListener> listeners, ObjectProvider<ReactorResourceFactory> reactorResources,
			ObjectProvider<KeepaliveWebSocketClientCustomizer> customizers, CallbackFailures failures) {
		ReactorResourceFactory reactor = reactorResources.getIfUnique();
		ClientResources resources = new ClientResources(heartbeats.heartbeats(), heartbeats.tuning(), registry,
				connections, new Listeners<>(ClientListener.class, listeners.orderedStream().toList(), failures),
				(reactor != null) ? reactor.getLoopResources() : null);
		KeepaliveWebSocketClient.Builder builder = new KeepaliveWebSocketClient.Builder(resources,
				properties.client().handshakeTimeout(), policy(properties.client().backoff()), heartbeats.policy());
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder;
	}

	private static BackoffPolicy policy(WebSocketKeepaliveProperties.Backoff backoff) {
		return new BackoffPolicy(backoff.min(), backoff.max(), backoff.resetAfter());
	}

	/**
	 * Configuration of clients whose connections are pinged.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(Heartbeats.class)
	static class PingingClientConfiguration {

		@Bean
		ClientHeartbeats webSocketClientHeartbeats(Heartbeats heartbeats, TcpTuning tuning,
				@Qualifier("webSocketClientLivenessPolicy") LivenessPolicy policy) {
			return new ClientHeartbeats(heartbeats, tuning, policy);
		}

	}

	/**
	 * Configuration of clients while the starter is switched off.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(Heartbeats.class)
	static class SilentClientConfiguration implements DisposableBean {

		// Not a bean: what watches event loops is not to be found while it is switched
		// off.
		private final EventLoopMonitors monitors = new EventLoopMonitors(Duration.ofMillis(500));

		@Bean
		ClientHeartbeats webSocketClientHeartbeats(ClientConnections connections, CallbackFailures failures) {
			return ClientHeartbeats.silent(connections, failures, this.monitors);
		}

		@Override
		public void destroy() {
			this.monitors.close();
		}

	}

}
