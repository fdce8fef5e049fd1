package io.github.websocketkeepalive.stream.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class InvalidStreamSourcesFailureAnalyzerTests {

	@Test
	void anApplicationThatCannotStartIsToldWhyAndWhatToDo(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> new SpringApplicationBuilder(Application.class).web(WebApplicationType.REACTIVE)
				.properties("server.port=0", "spring.main.banner-mode=off")
				.run());
		assertThat(output).contains("Two sources of streams are named 'trades'.")
			.contains("Give one of them another name.");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
			return streams.source("trades", (request, offset) -> Flux.just(1))
				.source("trades", (request, offset) -> Flux.just(2))
				.build();
		}

	}

}
