package io.github.websocketkeepalive.stream.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.server.RouterFunction;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.browser.WebSocketBrowserClientAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.mapping.WebSocketMappingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketStreamBrowserAutoConfigurationTests {

	private static final String ENABLED = "websocket-keepalive.browser-client.enabled=true";

	private static final String ROUTE = "webSocketStreamScriptRoute";

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WebSocketKeepaliveAutoConfiguration.class,
				WebSocketMappingAutoConfiguration.class, WebSocketBrowserClientAutoConfiguration.class,
				WebSocketStreamBrowserAutoConfiguration.class));

	@Test
	void servesNothingByDefault() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ROUTE));
	}

	@Test
	void servesThePublishedScriptBesideTheOneThatItImports() throws IOException {
		String published = Files.readString(Path.of("..", "browser-client", "websocket-streams.js"));
		this.runner.withPropertyValues(ENABLED)
			.run((context) -> assertThat(script(context, "/websocket-streams.js")).isEqualTo(published));
	}

	@Test
	void importsTheOtherScriptWhereThatIsServed() {
		this.runner.withPropertyValues(ENABLED, "websocket-keepalive.browser-client.path=/js/ws.js")
			.run((context) -> assertThat(script(context, "/js/websocket-streams.js")).contains("from './ws.js'")
				.doesNotContain("from './websocket-keepalive.js'"));
	}

	@Test
	void theScriptIsPartOfANativeImage() {
		RuntimeHints hints = new RuntimeHints();
		new StreamScriptRuntimeHints().registerHints(hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.resource().forResource(WebSocketStreamBrowserAutoConfiguration.LOCATION))
			.accepts(hints);
	}

	private static String script(ApplicationContext context, String path) {
		byte[] content = WebTestClient.bindToRouterFunction(context.getBean(ROUTE, RouterFunction.class))
			.build()
			.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.returnResult()
			.getResponseBody();
		return new String(content, StandardCharsets.UTF_8);
	}

}
