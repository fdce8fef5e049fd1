package io.github.websocketkeepalive.autoconfigure.server;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.admission.AdmissionPolicies;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.admission.WebSocketAdmissionAutoConfiguration;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.heartbeat.Heartbeats;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.server.AdmissionWebFilter;
import io.github.websocketkeepalive.server.ConnectionContextWebFilter;
import io.github.websocketkeepalive.server.FailureReportingHandlerAdapter;
import io.github.websocketkeepalive.server.HandshakeAdmission;
import io.github.websocketkeepalive.server.HandshakeRequests;
import io.github.websocketkeepalive.server.KeepaliveServerCustomizer;
import io.github.websocketkeepalive.server.KeepaliveWebFilter;
import io.github.websocketkeepalive.server.PathPolicies;
import io.github.websocketkeepalive.transport.TcpTuning;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketServerAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations.of(
			WebSocketKeepaliveAutoConfiguration.class, WebSocketAdmissionAutoConfiguration.class,
			WebSocketServerAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void hooksIntoTheServerOfAReactiveApplication() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(KeepaliveServerCustomizer.class)
			.hasSingleBean(KeepaliveWebFilter.class)
			.hasSingleBean(FailureReportingHandlerAdapter.class));
	}

	@Test
	void leavesAServletApplicationAlone() {
		new WebApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(KeepaliveServerCustomizer.class)
				.doesNotHaveBean(KeepaliveWebFilter.class)
				.doesNotHaveBean(FailureReportingHandlerAdapter.class));
	}

	@Test
	void leavesAnApplicationThatIsNotForTheWebAlone() {
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(KeepaliveServerCustomizer.class)
				.doesNotHaveBean(KeepaliveWebFilter.class)
				.doesNotHaveBean(FailureReportingHandlerAdapter.class));
	}

	@Test
	void onlyTellsStreamsTheirChannelWhenDisabled() {
		this.runner.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(ConnectionContextWebFilter.class)
				.doesNotHaveBean(AdmissionWebFilter.class)
				.doesNotHaveBean(KeepaliveServerCustomizer.class)
				.doesNotHaveBean(KeepaliveWebFilter.class)
				.doesNotHaveBean(FailureReportingHandlerAdapter.class));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "reactor.netty", "org.springframework.boot.reactor.netty", "org.springframework.web.reactive" })
	void leavesEverythingAloneWithoutThePackage(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("webSocketKeepaliveServerCustomizer")
				.doesNotHaveBean("webSocketKeepaliveWebFilter")
				.doesNotHaveBean("webSocketFailureReportingHandlerAdapter"));
	}

	@Test
	void needsNothingThatOperatorsSee() {
		this.runner
			.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.actuate",
					"org.springframework.boot.health", "org.springframework.boot.micrometer"))
			.run((context) -> assertThat(context).hasSingleBean(KeepaliveServerCustomizer.class));
	}

	@ParameterizedTest
	@CsvSource({ "auto, ExtendedConnectCheck", "on, ExtendedConnectCustomizer" })
	void offersWebSocketsOverHttp2(String connectProtocol, String type) {
		this.runner.withPropertyValues("websocket-keepalive.http2.connect-protocol=" + connectProtocol)
			.run((context) -> assertThat(
					context.getBean("webSocketExtendedConnectCustomizer").getClass().getSimpleName())
				.isEqualTo(type));
	}

	@Test
	void backsOffForBeansOfTheApplication() {
		this.runner.withUserConfiguration(OwnBeans.class)
			.run((context) -> assertThat(context).hasSingleBean(KeepaliveServerCustomizer.class)
				.hasSingleBean(KeepaliveWebFilter.class)
				.hasSingleBean(FailureReportingHandlerAdapter.class)
				.hasBean("ownCustomizer")
				.hasBean("ownFilter")
				.hasBean("ownAdapter"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeans {

		@Bean
		KeepaliveServerCustomizer ownCustomizer(Heartbeats heartbeats, PathPolicies policies,
				EventLoopMonitors monitors, TcpTuning tuning, AdmissionGate gate, AdmissionPolicies admissionPolicies) {
			return new KeepaliveServerCustomizer(heartbeats, policies, monitors, tuning,
					new HandshakeAdmission(gate, admissionPolicies, new HandshakeRequests(null, null), Duration.ZERO));
		}

		@Bean
		KeepaliveWebFilter ownFilter() {
			return new KeepaliveWebFilter();
		}

		@Bean
		FailureReportingHandlerAdapter ownAdapter(ObjectProvider<WebSocketHandlerAdapter> adapters,
				ConnectionRegistry registry) {
			return new FailureReportingHandlerAdapter(adapters, registry, MdcScope.OFF);
		}

	}

}
