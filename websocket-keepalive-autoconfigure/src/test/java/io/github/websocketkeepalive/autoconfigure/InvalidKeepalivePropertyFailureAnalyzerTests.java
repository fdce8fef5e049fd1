package io.github.websocketkeepalive.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What is written when an application cannot start because of a property.
 */
@ExtendWith(OutputCaptureExtension.class)
class InvalidKeepalivePropertyFailureAnalyzerTests {

	private static final String INTERVAL_OF_ZERO = "The property 'websocket-keepalive.heartbeat.interval' has the "
			+ "value '0', which cannot work. It comes from ";

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			heartbeat.interval                     | 0
			heartbeat.close-timeout                | 60m
			heartbeat.look-ahead                   | 1GB
			heartbeat.endpoints[/ws/a/**].timeout  | 0s
			echo.path                              | ws/echo
			event-loop.sweep                       | -1s
			drain.grace                            | -1s
			drain.window                           | -1s
			drain.close-code                       | 1000
			drain.close-code                       | 5000
			admission.max-open-files-ratio         | 2
			admission.allowed-origins[0]           | a.org
			""")
	void aValueIsShownAsItWasTyped(String key, String typed, CapturedOutput output) {
		fail("--websocket-keepalive." + key + "=" + typed);
		assertThat(output).contains("APPLICATION FAILED TO START",
				"The property 'websocket-keepalive.%s' has the value '%s', which cannot work. ".formatted(key, typed)
						+ "It comes from \"websocket-keepalive.%s\" from property source \"commandLineArgs\".\n"
							.formatted(key),
				"Action:", "\nUse ");
	}

	@Test
	void aValueInAFileIsShownWithItsLine(@TempDir Path directory, CapturedOutput output) throws IOException {
		Path file = Files.writeString(directory.resolve("application.yml"), """
				websocket-keepalive:
				  heartbeat:
				    interval: 0
				""");
		fail("--spring.config.additional-location=file:" + file);
		assertThat(output).contains(INTERVAL_OF_ZERO).containsPattern("comes from .*application\\.yml\\] - 3:15\\.");
	}

	@Test
	void aValueInTheEnvironmentIsShownWithItsVariable(CapturedOutput output) {
		StandardEnvironment environment = new StandardEnvironment();
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		environment.getPropertySources()
			.replace(name,
					new SystemEnvironmentPropertySource(name, Map.of("WEBSOCKETKEEPALIVE_HEARTBEAT_INTERVAL", "0")));
		assertThatException().isThrownBy(() -> application().environment(environment).run());
		assertThat(output)
			.contains(INTERVAL_OF_ZERO + "System Environment Property \"WEBSOCKETKEEPALIVE_HEARTBEAT_INTERVAL\".");
	}

	@Test
	void aPlaceholderIsShownAsItsValue(CapturedOutput output) {
		fail("--websocket-keepalive.heartbeat.interval=${ping.every}", "--ping.every=0");
		assertThat(output).contains(INTERVAL_OF_ZERO);
	}

	@Test
	void anElementOfAListIsFoundWhereTheListStands(CapturedOutput output) {
		fail("--websocket-keepalive.admission.allowed-origins=https://a.org,b.org");
		assertThat(output).contains("'websocket-keepalive.admission.allowed-origins[1]' has the value 'b.org'",
				"comes from \"websocket-keepalive.admission.allowed-origins\" from property source");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws", "/{ws" })
	void aPatternIsFoundWhereItsSettingsStand(String pattern, CapturedOutput output) {
		fail("--websocket-keepalive.heartbeat.endpoints[/ws/other].timeout=2s",
				"--websocket-keepalive.heartbeat.endpoints[" + pattern + "].timeout=1s");
		assertThat(output).contains(
				"'websocket-keepalive.heartbeat.endpoints[%s]' has the value '%s'".formatted(pattern, pattern),
				"comes from \"websocket-keepalive.heartbeat.endpoints[%s].timeout\" from".formatted(pattern),
				"\nUse a path pattern");
	}

	@Test
	void aDefaultThatDoesNotFitIsShownWithWhatItDoesNotFit(CapturedOutput output) {
		fail("--websocket-keepalive.event-loop.warn-after=10s");
		assertThat(output).contains("'websocket-keepalive.event-loop.stack-after' has the value '1s', which cannot "
				+ "work. It is the default. 'websocket-keepalive.event-loop.warn-after' comes from "
				+ "\"websocket-keepalive.event-loop.warn-after\" from property source \"commandLineArgs\".");
	}

	private static void fail(String... arguments) {
		assertThatException().isThrownBy(() -> application().run(arguments));
	}

	private static SpringApplicationBuilder application() {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(WebSocketKeepaliveAutoConfiguration.class)
	static class Application {

	}

}
