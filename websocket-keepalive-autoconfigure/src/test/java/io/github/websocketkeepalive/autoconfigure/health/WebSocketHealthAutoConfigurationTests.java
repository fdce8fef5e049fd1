package io.github.websocketkeepalive.autoconfigure.health;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.registry.ReactiveHealthContributorRegistry;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.health.WebSocketKeepaliveHealthIndicator;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketHealthAutoConfigurationTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withUserConfiguration(Application.class);

	@Test
	void providesTheIndicator() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(WebSocketKeepaliveHealthIndicator.class));
	}

	@Test
	void tellsHowEventLoopsFareIfTheyAreWatched() {
		this.runner.run((context) -> assertThat(
				context.getBean(WebSocketKeepaliveHealthIndicator.class).health().block().getDetails())
			.containsKeys("stalledLoops", "worstLoopLagMillis"));
		this.runner.withPropertyValues("websocket-keepalive.event-loop.enabled=false")
			.run((context) -> assertThat(
					context.getBean(WebSocketKeepaliveHealthIndicator.class).health().block().getDetails())
				.doesNotContainKeys("stalledLoops", "worstLoopLagMillis"));
	}

	@Test
	void isShownUnderItsName() {
		this.runner
			.withConfiguration(AutoConfigurations.of(HealthContributorAutoConfiguration.class,
					HealthContributorRegistryAutoConfiguration.class))
			.run((context) -> assertThat(
					context.getBean(ReactiveHealthContributorRegistry.class).getContributor("webSocketKeepalive"))
				.isInstanceOf(WebSocketKeepaliveHealthIndicator.class));
	}

	@Test
	void providesNothingInAServletApplicationUnlessItIsAClient() {
		WebApplicationContextRunner servlet = new WebApplicationContextRunner()
			.withUserConfiguration(Application.class);
		servlet.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(WebSocketKeepaliveHealthIndicator.class));
		servlet.withPropertyValues("websocket-keepalive.client.only=true")
			.run((context) -> assertThat(context).hasSingleBean(WebSocketKeepaliveHealthIndicator.class));
	}

	@Test
	void providesTheIndicatorInAnApplicationThatIsNotForTheWeb() {
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.run((context) -> assertThat(context).hasSingleBean(WebSocketKeepaliveHealthIndicator.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.health.webSocketKeepalive.enabled=false",
			"management.health.websocketkeepalive.enabled=false", "management.health.websocket-keepalive.enabled=false",
			"management.health.web-socket-keepalive.enabled=false", "management.health.defaults.enabled=false",
			"websocket-keepalive.enabled=false" })
	void providesNothingWhenSwitchedOff(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(WebSocketKeepaliveHealthIndicator.class));
	}

	@Test
	void isOnAloneWhenTheOthersAreOff() {
		this.runner
			.withPropertyValues("management.health.defaults.enabled=false",
					"management.health.webSocketKeepalive.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(WebSocketKeepaliveHealthIndicator.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.health", "org.springframework.boot.health.contributor",
			"org.springframework.boot.health.autoconfigure", "reactor.netty" })
	void providesNothingWithoutThePackage(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("webSocketKeepaliveHealthIndicator"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.micrometer", "org.springframework.boot.actuate", "org.springframework.web.reactive" })
	void doesNotNeedThePackage(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(WebSocketKeepaliveHealthIndicator.class));
	}

	@Test
	void backsOffForAnIndicatorOfTheApplication() {
		this.runner.withUserConfiguration(OwnIndicator.class)
			.run((context) -> assertThat(context).hasSingleBean(ReactiveHealthIndicator.class)
				.doesNotHaveBean(WebSocketKeepaliveHealthIndicator.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnIndicator {

		@Bean
		ReactiveHealthIndicator webSocketKeepaliveHealthIndicator() {
			return () -> Mono.just(Health.up().build());
		}

	}

	/**
	 * Imports by name, as real applications do, so that a class that is missing is not
	 * loaded after all.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WebSocketKeepaliveAutoConfiguration.class, WebSocketHealthAutoConfiguration.class })
	static class Application {

	}

}
