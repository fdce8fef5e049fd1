package io.github.websocketkeepalive.stream.autoconfigure;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import io.github.websocketkeepalive.autoconfigure.InvalidKeepalivePropertyException;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.stream.StreamPolicy;

import static org.assertj.core.api.Assertions.assertThat;

class StreamPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(WebSocketKeepaliveAutoConfiguration.class, WebSocketStreamPropertiesAutoConfiguration.class));

	@Test
	void propertiesOfStreamsAreBoundBesideTheOthers() {
		this.runner
			.withPropertyValues("websocket-keepalive.stream.window=3", "websocket-keepalive.heartbeat.interval=7s",
					"websocket-keepalive.stream.history.max-entries=5")
			.run((context) -> {
				assertThat(context.getBean(StreamProperties.class).window()).isEqualTo(3);
				assertThat(context.getBean(StreamProperties.class).history().maxEntries()).isEqualTo(5);
				assertThat(context.getBean(WebSocketKeepaliveProperties.class).heartbeat().interval())
					.isEqualTo(Duration.ofSeconds(7));
			});
	}

	@Test
	void defaultsMakeThePolicyOfStreams() {
		this.runner.run((context) -> assertThat(context.getBean(StreamProperties.class).toPolicy())
			.isEqualTo(new StreamPolicy(1000, 256 * 1024, 8, 100, 4 * 1024 * 1024, 64 * 1024)));
	}

	@Test
	void durationsWithoutAUnitAreInSecondsAndSizesInBytes() {
		this.runner
			.withPropertyValues("websocket-keepalive.stream.ack-every=3", "websocket-keepalive.stream.history.ttl=4",
					"websocket-keepalive.stream.batch-bytes=2048", "websocket-keepalive.stream.max-buffered=1048576",
					"websocket-keepalive.stream.max-request=4096", "websocket-keepalive.stream.history.max-bytes=8192")
			.run((context) -> {
				StreamProperties properties = context.getBean(StreamProperties.class);
				assertThat(properties.ackEvery()).isEqualTo(Duration.ofSeconds(3));
				assertThat(properties.history().ttl()).isEqualTo(Duration.ofSeconds(4));
				assertThat(properties.batchBytes()).isEqualTo(DataSize.ofKilobytes(2));
				assertThat(properties.maxBuffered()).isEqualTo(DataSize.ofMegabytes(1));
				assertThat(properties.maxRequest()).isEqualTo(DataSize.ofKilobytes(4));
				assertThat(properties.history().maxBytes()).isEqualTo(DataSize.ofKilobytes(8));
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "batch-size=0", "batch-bytes=1023", "batch-bytes=2MB", "window=0", "max-streams=0",
			"max-buffered=1", "max-request=1", "ack-every=0s", "history.max-entries=0", "history.max-bytes=1",
			"history.ttl=0s" })
	void aValueThatCannotWorkIsRefusedByTheNameOfItsProperty(String property) {
		this.runner.withPropertyValues("websocket-keepalive.stream." + property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidKeepalivePropertyException.class)
				.hasMessageContaining("'websocket-keepalive.stream." + property.split("=")[0] + "'"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "websocket-keepalive.stream.unknown", "websocket-keepalive.stream.history.unknown",
			"websocket-keepalive.unknown", "websocket-keepalive.streams.window" })
	void aPropertyThatDoesNotExistIsRefusedBesideOneThatDoes(String property) {
		this.runner.withPropertyValues("websocket-keepalive.stream.window=3", property + "=1")
			.run((context) -> assertThat(refused(context)).isEqualTo(property));
	}

	private static String refused(AssertableApplicationContext context) {
		assertThat(context).getFailure().rootCause().isInstanceOf(UnboundConfigurationPropertiesException.class);
		Throwable failure = context.getStartupFailure();
		while (failure.getCause() != null) {
			failure = failure.getCause();
		}
		return ((UnboundConfigurationPropertiesException) failure).getUnboundProperties()
			.iterator()
			.next()
			.getName()
			.toString();
	}

}
