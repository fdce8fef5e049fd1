package io.github.websocketkeepalive.autoconfigure.logging;

import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.logging.LifecycleLogger;
import io.github.websocketkeepalive.logging.MdcPropagation;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.test.StubConnection;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class WebSocketLoggingAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations
		.of(WebSocketKeepaliveAutoConfiguration.class, WebSocketLoggingAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void logsInEveryKindOfApplication() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(LifecycleLogger.class));
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasSingleBean(LifecycleLogger.class));
	}

	@ParameterizedTest
	@CsvSource({ "info, INFO", "warn, WARN", "error, ERROR", "fatal, ERROR" })
	void logsLivesAtTheLevelOfTheProperty(String value, String level, CapturedOutput output) {
		this.runner.withPropertyValues("websocket-keepalive.logging.lifecycle-level=" + value).run((context) -> {
			context.getBean(ConnectionRegistry.class).opened(StubConnection.withId("opened-at-" + value));
			assertThat(output.toString().lines().filter((line) -> line.contains("opened-at-" + value))).singleElement()
				.asString()
				.contains(level);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "off", "trace" })
	void logsNothingBelowTheLevelOfTheLogger(String value, CapturedOutput output) {
		this.runner.withPropertyValues("websocket-keepalive.logging.lifecycle-level=" + value).run((context) -> {
			context.getBean(ConnectionRegistry.class).opened(StubConnection.withId("opened-at-" + value));
			assertThat(output).doesNotContain("opened-at-" + value);
		});
	}

	@Test
	void logsNothingWhenDisabled() {
		this.runner.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(LifecycleLogger.class));
	}

	@Test
	void logsNothingWithoutReactorNetty() {
		this.runner.withClassLoader(new FilteredClassLoader("reactor.netty"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(LifecycleLogger.class));
	}

	@Test
	void carriesIdsIntoMdcEverywhereByDefault() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(MdcPropagation.class)
			.getBean(MdcScope.class)
			.extracting(MdcScope::isOn)
			.isEqualTo(true));
	}

	@Test
	void carriesIdsIntoMdcOnEventLoopsOnlyWithoutContextPropagation() {
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer.context"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(MdcPropagation.class)
				.getBean(MdcScope.class)
				.extracting(MdcScope::isOn)
				.isEqualTo(true));
	}

	@ParameterizedTest
	@CsvSource({ "netty, true", "off, false", "false, false" })
	void carriesIdsIntoMdcAsTheModeSays(String mode, boolean on) {
		this.runner.withPropertyValues("websocket-keepalive.logging.mdc=" + mode)
			.run((context) -> assertThat(context).doesNotHaveBean(MdcPropagation.class)
				.getBean(MdcScope.class)
				.extracting(MdcScope::isOn)
				.isEqualTo(on));
	}

	@Test
	void endsThePropagationWithTheContext() {
		ContextRegistry registry = ContextRegistry.getInstance();
		this.runner.withPropertyValues("spring.main.lazy-initialization=true")
			.run((context) -> assertThat(registry.getThreadLocalAccessors())
				.anyMatch((accessor) -> accessor.key().equals(MdcPropagation.CONTEXT_KEY)));
		assertThat(registry.getThreadLocalAccessors())
			.noneMatch((accessor) -> accessor.key().equals(MdcPropagation.CONTEXT_KEY));
	}

	@Test
	void putsTheIdUnderTheKeyOfTheProperty() {
		this.runner.withPropertyValues("websocket-keepalive.logging.mdc-key=ws").run((context) -> {
			try (MdcScope.Open open = context.getBean(MdcScope.class).open("1")) {
				assertThat(MDC.get("ws")).isEqualTo("1");
			}
		});
	}

	@Test
	void backsOffForALoggerOfTheApplication() {
		this.runner.withUserConfiguration(OwnLogger.class)
			.run((context) -> assertThat(context).hasSingleBean(LifecycleLogger.class).hasBean("ownLogger"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnLogger {

		@Bean
		LifecycleLogger ownLogger() {
			return new LifecycleLogger(Level.DEBUG, MdcScope.OFF);
		}

	}

}
