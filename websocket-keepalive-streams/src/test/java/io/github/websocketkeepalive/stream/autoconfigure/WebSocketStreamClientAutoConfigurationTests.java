package io.github.websocketkeepalive.stream.autoconfigure;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.client.WebSocketClientAutoConfiguration;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.stream.client.StreamClient;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketStreamClientAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations.of(
			WebSocketKeepaliveAutoConfiguration.class, WebSocketClientAutoConfiguration.class,
			WebSocketStreamPropertiesAutoConfiguration.class, WebSocketStreamCodecAutoConfiguration.class,
			WebSocketStreamClientAutoConfiguration.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void anApplicationWithoutAWebServerHasABuilder() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(StreamClient.Builder.class));
	}

	@Test
	void anApplicationWithAWebServerHasABuilder() {
		new ReactiveWebApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasSingleBean(StreamClient.Builder.class));
	}

	@Test
	void everyoneIsGivenABuilderOfTheirOwn() {
		this.runner.run((context) -> assertThat(context.getBean(StreamClient.Builder.class))
			.isNotSameAs(context.getBean(StreamClient.Builder.class)));
	}

	@Test
	void backsOffForABuilderOfTheApplication() {
		this.runner.withUserConfiguration(OwnBuilder.class)
			.run((context) -> assertThat(context).hasSingleBean(StreamClient.Builder.class).hasBean("ownBuilder"));
	}

	@Test
	void anApplicationHasABuilderAlsoWhileEverythingElseIsDisabled() {
		this.runner.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(StreamClient.Builder.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor.netty", "org.springframework.web.reactive", "tools.jackson" })
	void isAbsentWithoutThePackage(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("webSocketStreamClientBuilder"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBuilder {

		@Bean
		@Scope("prototype")
		StreamClient.Builder ownBuilder(KeepaliveWebSocketClient.Builder client, StreamCodecs codecs) {
			return new StreamClient.Builder(client, codecs, 1, Duration.ofSeconds(1));
		}

	}

}
