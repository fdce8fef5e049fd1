package io.github.websocketkeepalive.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class MissingStreamsFailureAnalyzerTests {

	@Test
	void namesTheModuleThatAPropertyOfStreamsNeeds(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("websocket-keepalive.stream.batch-size"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The property 'websocket-keepalive.stream.batch-size' has the value '5'")
			.contains("Add the dependency 'io.github.websocket-keepalive:websocket-keepalive-streams'");
	}

	@Test
	void leavesOtherUnknownPropertiesToSpringBoot(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("websocket-keepalive.hartbeat"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("websocket-keepalive.hartbeat")
			.doesNotContain("websocket-keepalive-streams");
	}

	private static void start(String property) {
		TestServer.on(Transport.NIO).property(property, 5).start(Application.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

	}

}
