package io.github.websocketkeepalive.autoconfigure.probe;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.probe.ProbeSources;
import io.github.websocketkeepalive.probe.Probes;
import io.github.websocketkeepalive.probe.log4j2.Log4j2NoiseFilter;
import io.github.websocketkeepalive.probe.logback.LogbackNoiseFilter;
import io.github.websocketkeepalive.server.probe.ProbeServerCustomizer;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketProbeAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations
		.of(WebSocketKeepaliveAutoConfiguration.class, WebSocketProbeAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void watchesForProbesAndFiltersTheLogInUse() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(ProbeServerCustomizer.class)
			.hasSingleBean(Probes.class)
			.hasSingleBean(LogbackNoiseFilter.class)
			.doesNotHaveBean(Log4j2NoiseFilter.class));
	}

	@Test
	void doesNothingWhenDisabled() {
		this.runner.withPropertyValues("websocket-keepalive.probe.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Probes.class)
				.doesNotHaveBean(LogbackNoiseFilter.class));
	}

	@Test
	void doesNothingWithoutAReactiveServer() {
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Probes.class));
	}

	@Test
	void worksWithoutLogback() {
		this.runner.withClassLoader(new FilteredClassLoader("ch.qos.logback"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Probes.class)
				.doesNotHaveBean(LogbackNoiseFilter.class));
	}

	@Test
	void refusesASummaryIntervalOfZero() {
		this.runner.withPropertyValues("websocket-keepalive.probe.summary-interval=0s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("websocket-keepalive.probe.summary-interval"));
	}

	@Test
	void backsOffForSourcesOfTheApplication() {
		this.runner.withUserConfiguration(OwnSources.class)
			.run((context) -> assertThat(context).hasSingleBean(ProbeSources.class).hasBean("ownSources"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnSources {

		@Bean
		ProbeSources ownSources() {
			return new ProbeSources(System::nanoTime);
		}

	}

}
