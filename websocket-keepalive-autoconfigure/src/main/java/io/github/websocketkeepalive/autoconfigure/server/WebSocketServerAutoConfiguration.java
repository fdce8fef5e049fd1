package io.github.websocketkeepalive.autoconfigure.server;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionPolicies;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.autoconfigure.admission.WebSocketAdmissionAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.role.ServerRoleCondition;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.server.AdmissionWebFilter;
import io.github.websocketkeepalive.server.ConnectionContextWebFilter;
import io.github.websocketkeepalive.server.ExtendedConnectCustomizer;
import io.github.websocketkeepalive.server.FailureReportingHandlerAdapter;
import io.github.websocketkeepalive.server.HandshakeAdmission;
import io.github.websocketkeepalive.server.HandshakeRequests;
import io.github.websocketkeepalive.server.KeepaliveServerCustomizer;
import io.github.websocketkeepalive.server.KeepaliveWebFilter;
import io.github.websocketkeepalive.server.PathPolicies;
import io.github.websocketkeepalive.transport.TcpTuning;

/**
 * Auto-configuration of the hook into Reactor Netty's server. A server of another kind is
 * left alone. While the starter is switched off, only the channel is told, which streams
 * need.
 */
@AutoConfiguration(after = { WebSocketKeepaliveAutoConfiguration.class, WebSocketAdmissionAutoConfiguration.class })
@ConditionalOnClass({ NettyReactiveWebServerFactory.class, DispatcherHandler.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public final class WebSocketServerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ConnectionContextWebFilter webSocketConnectionContextWebFilter() {
		return new ConnectionContextWebFilter();
	}

	/**
	 * Configuration of what watches and admits connections.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(ServerRoleCondition.class)
	@ConditionalOnBean({ Heartbeats.class, AdmissionGate.class })
	static class KeepaliveServerConfiguration {

		@Bean
		@ConditionalOnMissingBean
		KeepaliveServerCustomizer webSocketKeepaliveServerCustomizer(Heartbeats heartbeats, PathPolicies policies,
				EventLoopMonitors monitors, TcpTuning tuning, AdmissionGate gate, AdmissionPolicies admissionPolicies,
				ObjectProvider<ForwardedHeaderTransformer> forwardedHeaders, WebSocketKeepaliveProperties properties) {
			HandshakeRequests requests = new HandshakeRequests(forwardedHeaders.getIfAvailable(),
					properties.admission().trustedProxies());
			HandshakeAdmission admission = new HandshakeAdmission(gate, admissionPolicies, requests,
					properties.admission().handshakeTimeout());
			return new KeepaliveServerCustomizer(heartbeats, policies, monitors, tuning, admission);
		}

		@Bean
		@ConditionalOnMissingBean(ExtendedConnectCustomizer.class)
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> webSocketExtendedConnectCustomizer(
				WebSocketKeepaliveProperties properties, ListableBeanFactory beans) {
			return switch (properties.http2().connectProtocol()) {
				case AUTO -> new ExtendedConnectCheck(beans);
				case ON -> new ExtendedConnectCustomizer();
				case OFF -> (factory) -> {
				};
			};
		}

		@Bean
		@ConditionalOnMissingBean
		AdmissionWebFilter webSocketAdmissionWebFilter(AdmissionPolicies policies, AdmissionGate gate) {
			return new AdmissionWebFilter(policies, gate);
		}

		@Bean
		@ConditionalOnMissingBean
		KeepaliveWebFilter webSocketKeepaliveWebFilter() {
			return new KeepaliveWebFilter();
		}

		@Bean
		@ConditionalOnMissingBean
		FailureReportingHandlerAdapter webSocketFailureReportingHandlerAdapter(
				ObjectProvider<WebSocketHandlerAdapter> adapters, ConnectionRegistry registry,
				ObjectProvider<MdcScope> mdc) {
			return new FailureReportingHandlerAdapter(adapters, registry, mdc.getIfAvailable(() -> MdcScope.OFF));
		}

	}

}
