package io.github.websocketkeepalive.autoconfigure.mapping;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.mapping.EchoWebSocketHandler;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.mapping.WebSocketMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketMappingAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations
		.of(WebSocketKeepaliveAutoConfiguration.class, WebSocketMappingAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void mapsHandlersThatCarryTheAnnotation() {
		this.runner.withUserConfiguration(Handlers.class)
			.run((context) -> assertThat(patterns(context.getBean(WebSocketMappingHandlerMapping.class)))
				.containsExactlyInAnyOrder("/ws/method", "/ws/class", "/ws/second"));
	}

	@Test
	void hasNoEchoHandlerUnlessToldWhere() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(EchoWebSocketHandler.class);
			assertThat(patterns(context.getBean(WebSocketMappingHandlerMapping.class))).isEmpty();
		});
	}

	@Test
	void mapsTheEchoHandlerToItsPath() {
		this.runner.withPropertyValues("websocket-keepalive.echo.path=/ws/echo").run((context) -> {
			assertThat(context).hasSingleBean(EchoWebSocketHandler.class);
			assertThat(patterns(context.getBean(WebSocketMappingHandlerMapping.class))).containsExactly("/ws/echo");
		});
	}

	@Test
	void takesAnEmptyEchoPathForNone() {
		this.runner.withPropertyValues("websocket-keepalive.echo.path=").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(patterns(context.getBean(WebSocketMappingHandlerMapping.class))).isEmpty();
		});
	}

	@Test
	void doesNothingInAServletApplication() {
		new WebApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketMappingHandlerMapping.class));
	}

	@Test
	void doesNothingInAnApplicationThatIsNotForTheWeb() {
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketMappingHandlerMapping.class));
	}

	@Test
	void mapsHandlersAlsoWhileEverythingElseIsDisabled() {
		this.runner.withUserConfiguration(Handlers.class)
			.withPropertyValues("websocket-keepalive.enabled=false", "websocket-keepalive.echo.path=/ws/echo")
			.run((context) -> assertThat(patterns(context.getBean(WebSocketMappingHandlerMapping.class)))
				.containsExactlyInAnyOrder("/ws/method", "/ws/class", "/ws/second", "/ws/echo"));
	}

	@Test
	void mapsHandlersWithoutReactorNetty() {
		this.runner.withUserConfiguration(Handlers.class)
			.withClassLoader(new FilteredClassLoader("reactor.netty", "io.netty"))
			.run((context) -> assertThat(patterns(context.getBean(WebSocketMappingHandlerMapping.class)))
				.contains("/ws/method"));
	}

	@Test
	void doesNothingWithoutWebFlux() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("webSocketMappingHandlerMapping"));
	}

	@Test
	void backsOffForAMappingOfTheApplication() {
		this.runner.withUserConfiguration(OwnMapping.class)
			.run((context) -> assertThat(context).hasSingleBean(WebSocketMappingHandlerMapping.class)
				.hasBean("ownMapping"));
	}

	private static Iterable<String> patterns(WebSocketMappingHandlerMapping mapping) {
		return mapping.getHandlerMap().keySet().stream().map(Object::toString).toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@WebSocketMapping("/ws/method")
		WebSocketHandler onMethod() {
			return (session) -> Mono.empty();
		}

		@Bean
		OnClass onClass() {
			return new OnClass();
		}

	}

	@WebSocketMapping({ "/ws/class", "ws/second" })
	static class OnClass implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return Mono.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMapping {

		@Bean
		WebSocketMappingHandlerMapping ownMapping() {
			return new WebSocketMappingHandlerMapping(Map.of(), Schedulers.immediate());
		}

	}

}
