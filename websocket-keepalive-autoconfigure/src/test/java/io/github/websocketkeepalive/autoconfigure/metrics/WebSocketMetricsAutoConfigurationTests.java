package io.github.websocketkeepalive.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.metrics.ConnectionMetrics;
import io.github.websocketkeepalive.metrics.EventLoopMetrics;
import io.github.websocketkeepalive.metrics.HeldConnectionsMetrics;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketMetricsAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations.of(
			WebSocketKeepaliveAutoConfiguration.class, WebSocketMetricsAutoConfiguration.class,
			MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
			SimpleMetricsExportAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void metersWhatHappens() {
		this.runner.run((context) -> {
			context.getBean(ConnectionRegistry.class).opened(StubConnection.withId("id"));
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.get("websocket.connections.active").gauge().value()).isEqualTo(1);
			assertThat(meters.get("websocket.held").gauges()).isNotEmpty();
			assertThat(meters.get("websocket.eventloop.stalls").counter().count()).isZero();
		});
	}

	@Test
	void metersNothingInAServletApplicationUnlessItIsAClient() {
		WebApplicationContextRunner servlet = new WebApplicationContextRunner().withConfiguration(autoConfigurations);
		servlet.run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(ConnectionMetrics.class);
			assertThat(context.getBean(MeterRegistry.class).getMeters())
				.noneMatch((meter) -> meter.getId().getName().startsWith("websocket."));
		});
		servlet.withPropertyValues("websocket-keepalive.client.only=true")
			.run((context) -> assertThat(context).hasSingleBean(ConnectionMetrics.class));
	}

	@Test
	void metersInAnApplicationThatIsNotForTheWeb() {
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasSingleBean(ConnectionMetrics.class));
	}

	@Test
	void metersAreSwitchedOffAsAnyOther() {
		this.runner.withPropertyValues("management.metrics.enable.websocket=false").run((context) -> {
			context.getBean(ConnectionRegistry.class).opened(StubConnection.withId("id"));
			assertThat(context.getBean(MeterRegistry.class).getMeters())
				.noneMatch((meter) -> meter.getId().getName().startsWith("websocket."));
		});
	}

	@Test
	void providesNothingWhenDisabled() {
		this.runner.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ConnectionMetrics.class)
				.doesNotHaveBean(EventLoopMetrics.class)
				.doesNotHaveBean(HeldConnectionsMetrics.class));
	}

	@Test
	void providesNothingWithoutARegistry() {
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(WebSocketKeepaliveAutoConfiguration.class,
					WebSocketMetricsAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ConnectionMetrics.class)
				.doesNotHaveBean(HeldConnectionsMetrics.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.micrometer.core", "reactor.netty" })
	void providesNothingWithoutThePackage(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("webSocketConnectionMetrics")
				.doesNotHaveBean("webSocketEventLoopMetrics")
				.doesNotHaveBean("webSocketHeldConnectionsMetrics"));
	}

	@Test
	void doesNotNeedAutoConfigurationOfMetrics() {
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(WebSocketKeepaliveAutoConfiguration.class,
					WebSocketMetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.micrometer",
					"org.springframework.boot.actuate", "org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasSingleBean(ConnectionMetrics.class));
	}

	@Test
	void backsOffForBeansOfTheApplication() {
		this.runner.withUserConfiguration(OwnMetrics.class)
			.run((context) -> assertThat(context).hasSingleBean(ConnectionMetrics.class)
				.hasSingleBean(EventLoopMetrics.class)
				.hasSingleBean(HeldConnectionsMetrics.class)
				.hasBean("ownConnectionMetrics")
				.hasBean("ownEventLoopMetrics")
				.hasBean("ownHeldConnectionsMetrics"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMetrics {

		@Bean
		ConnectionMetrics ownConnectionMetrics(MeterRegistry registry) {
			return new ConnectionMetrics(registry);
		}

		@Bean
		EventLoopMetrics ownEventLoopMetrics(MeterRegistry registry) {
			return new EventLoopMetrics(registry);
		}

		@Bean
		HeldConnectionsMetrics ownHeldConnectionsMetrics(WebSocketConnections connections) {
			return new HeldConnectionsMetrics(connections);
		}

	}

}
