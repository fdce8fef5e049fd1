package io.github.websocketkeepalive.autoconfigure.logging;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
	void backsOffForALoggerOfTheApplication() {
		this.runner.withUserConfiguration(OwnLogger.class)
			.run((context) -> assertThat(context).hasSingleBean(LifecycleLogger.class).hasBean("ownLogger"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnLogger {

		@Bean
		LifecycleLogger ownLogger() {
			return new LifecycleLogger(Level.DEBUG);
		}

	}

}
