package io.github.websocketkeepalive.autoconfigure.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.eventloop.EventLoopMonitors;
import io.github.websocketkeepalive.probe.ProbeListener;
import io.github.websocketkeepalive.probe.ProbeSources;
import io.github.websocketkeepalive.probe.ProbeSummary;
import io.github.websocketkeepalive.probe.Probes;
import io.github.websocketkeepalive.probe.log4j2.Log4j2NoiseFilter;
import io.github.websocketkeepalive.probe.logback.LogbackNoiseFilter;
import io.github.websocketkeepalive.server.ProbeServerCustomizer;
import io.github.websocketkeepalive.test.Listening;

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

	@Test
	void doesNothingWhenTheStarterIsOff() {
		this.runner.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Probes.class)
				.doesNotHaveBean(LogbackNoiseFilter.class));
	}

	@Test
	void doesNothingWithoutReactorNetty() {
		this.runner.withClassLoader(new FilteredClassLoader("reactor.netty", "org.springframework.boot.reactor.netty"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Probes.class));
	}

	@Test
	void worksWithoutLog4j2() {
		this.runner.withClassLoader(new FilteredClassLoader("org.apache.logging.log4j"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(LogbackNoiseFilter.class)
				.doesNotHaveBean(Log4j2NoiseFilter.class));
	}

	@Test
	void filtersWhereBeansAreLazyToo() {
		this.runner.withPropertyValues("spring.main.lazy-initialization=true")
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(installed()).hasSize(1));
	}

	@Test
	void eachApplicationOfAProcessHasItsOwnFilterWhichLeavesWithIt() {
		assertThat(installed()).isEmpty();
		this.runner.run((first) -> {
			LogbackNoiseFilter filter = first.getBean(LogbackNoiseFilter.class);
			this.runner.run((second) -> assertThat(installed()).containsExactly(filter,
					second.getBean(LogbackNoiseFilter.class)));
			assertThat(installed()).containsExactly(filter);
		});
		assertThat(installed()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "trace, TRACE", "info, INFO", "off," })
	void downgradesToTheLevelOfTheProperty(String value, Level expected) {
		this.runner.withPropertyValues("websocket-keepalive.probe.log-level=" + value)
			.run((context) -> assertThat(context.getBean(Probes.class).noise().level()).isEqualTo(expected));
	}

	@Test
	void tellsEveryListener() {
		this.runner.withUserConfiguration(Listener.class).run((context) -> {
			context.getBean(Probes.class).noise().downgraded().accept("logger");
			assertThat(context.getBean(Listener.class).downgraded).containsExactly("logger");
		});
	}

	@Test
	void backsOffForProbesSummaryAndCustomizerOfTheApplication() {
		this.runner.withUserConfiguration(OwnBeans.class)
			.run((context) -> assertThat(context).hasSingleBean(Probes.class)
				.hasSingleBean(ProbeSummary.class)
				.hasSingleBean(ProbeServerCustomizer.class)
				.hasBean("ownProbes")
				.hasBean("ownSummary")
				.hasBean("ownCustomizer"));
	}

	private static List<TurboFilter> installed() {
		return ((LoggerContext) LoggerFactory.getILoggerFactory()).getTurboFilterList()
			.stream()
			.filter(LogbackNoiseFilter.class::isInstance)
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Listener implements ProbeListener {

		private final List<String> downgraded = new ArrayList<>();

		@Override
		public void onDowngraded(String logger) {
			this.downgraded.add(logger);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeans {

		@Bean
		Probes ownProbes() {
			return new Probes(Level.DEBUG, Listening.by(ProbeListener.class));
		}

		@Bean
		ProbeSummary ownSummary(ProbeSources sources) {
			return new ProbeSummary(sources, Duration.ofMinutes(1), System::nanoTime);
		}

		@Bean
		ProbeServerCustomizer ownCustomizer(Probes probes, ProbeSummary summary, EventLoopMonitors monitors) {
			return new ProbeServerCustomizer(probes, summary, monitors);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnSources {

		@Bean
		ProbeSources ownSources() {
			return new ProbeSources(System::nanoTime);
		}

	}

}
