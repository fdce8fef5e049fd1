package io.github.websocketkeepalive.autoconfigure.browser;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.mapping.WebSocketMappingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketBrowserClientAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations
		.of(WebSocketKeepaliveAutoConfiguration.class, WebSocketBrowserClientAutoConfiguration.class);

	private static final String ENABLED = "websocket-keepalive.browser-client.enabled=true";

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void servesNothingByDefault() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(RouterFunction.class));
	}

	@Test
	void servesTheScript() {
		this.runner.withPropertyValues(ENABLED)
			.run((context) -> client(context).get().uri("/websocket-keepalive.js").exchange().expectStatus().isOk());
	}

	@Test
	void servesTheScriptAtAnotherPath() {
		this.runner.withPropertyValues(ENABLED, "websocket-keepalive.browser-client.path=/js/ws.js").run((context) -> {
			client(context).get().uri("/js/ws.js").exchange().expectStatus().isOk();
			client(context).get().uri("/websocket-keepalive.js").exchange().expectStatus().isNotFound();
		});
	}

	@Test
	void refusesAPathWithoutItsSlash() {
		this.runner.withPropertyValues("websocket-keepalive.browser-client.path=ws.js")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("websocket-keepalive.browser-client.path"));
	}

	@Test
	void servesTheScriptAlsoWhileEverythingElseIsDisabled() {
		this.runner.withPropertyValues(ENABLED, "websocket-keepalive.enabled=false")
			.run((context) -> client(context).get().uri("/websocket-keepalive.js").exchange().expectStatus().isOk());
	}

	@Test
	void backsOffForARouteOfTheSameName() {
		RouterFunction<?> other = (request) -> Mono.empty();
		this.runner.withPropertyValues(ENABLED)
			.withBean("webSocketBrowserClientRoute", RouterFunction.class, () -> other)
			.run((context) -> assertThat(context).getBean(RouterFunction.class).isSameAs(other));
	}

	@Test
	void servesTheScriptOnAnotherServerThanReactorNetty() {
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(WebSocketKeepaliveAutoConfiguration.class,
					WebSocketMappingAutoConfiguration.class, WebSocketBrowserClientAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("reactor.netty", "io.netty"))
			.withPropertyValues(ENABLED)
			.run((context) -> assertThat(context).hasBean("webSocketBrowserClientRoute"));
	}

	@Test
	void servesNothingWithoutWebFlux() {
		this.runner.withPropertyValues(ENABLED)
			.withClassLoader(new FilteredClassLoader(RouterFunction.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(WebSocketBrowserClientAutoConfiguration.class));
	}

	@Test
	void servesNothingInAServletApplication() {
		new WebApplicationContextRunner().withConfiguration(autoConfigurations)
			.withPropertyValues(ENABLED)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RouterFunction.class));
	}

	private static WebTestClient client(ApplicationContext context) {
		return WebTestClient.bindToRouterFunction(context.getBean(RouterFunction.class)).build();
	}

}
