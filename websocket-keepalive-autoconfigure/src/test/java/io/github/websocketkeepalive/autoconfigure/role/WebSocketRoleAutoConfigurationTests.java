package io.github.websocketkeepalive.autoconfigure.role;

import java.util.List;
import java.util.function.Predicate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.drain.Drain;
import io.github.websocketkeepalive.endpoint.WebSocketsEndpoint;
import io.github.websocketkeepalive.eventloop.EventLoopWatchdog;
import io.github.websocketkeepalive.health.WebSocketKeepaliveHealthIndicator;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.mapping.WebSocketMappingHandlerMapping;
import io.github.websocketkeepalive.metrics.ConnectionMetrics;
import io.github.websocketkeepalive.probe.Probes;
import io.github.websocketkeepalive.server.KeepaliveServerCustomizer;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class WebSocketRoleAutoConfigurationTests {

	private static final String WARNING = "WebSockets of this server are not kept alive";

	private static final List<Class<?>> SHOWN = List.of(WebSocketKeepaliveHealthIndicator.class,
			WebSocketsEndpoint.class, ConnectionMetrics.class, EventLoopWatchdog.class);

	private static final List<Class<?>> SERVER = List.of(KeepaliveServerCustomizer.class, Drain.class, Probes.class);

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner(
			AnnotationConfigReactiveWebServerApplicationContext::new)
		.withUserConfiguration(Application.class)
		.withPropertyValues("server.port=0", "management.endpoints.web.exposure.include=websockets");

	@Test
	void onReactorNettyEverythingIsThereAndNothingIsSaid(CapturedOutput output) {
		this.runner.run((context) -> {
			SHOWN.forEach((type) -> assertThat(context).hasSingleBean(type));
			SERVER.forEach((type) -> assertThat(context).hasSingleBean(type));
		});
		assertThat(output).doesNotContain(WARNING);
	}

	@Test
	void onAnotherServerMappingsServeAndNothingIsShown(CapturedOutput output) {
		this.runner.withUserConfiguration(OtherServer.class).run((context) -> {
			SHOWN.forEach((type) -> assertThat(context).hasNotFailed().doesNotHaveBean(type));
			SERVER.forEach((type) -> assertThat(context).doesNotHaveBean(type));
			assertThat(context.getBean(WebSocketConnections.class).count()).isZero();
			assertThat(context.getBean(WebSocketMappingHandlerMapping.class).getHandlerMap()).hasSize(1);
			assertThat(watchdogs()).isEmpty();
		});
		assertThat(output).containsOnlyOnce(WARNING);
		assertThat(output.getOut().lines().filter((line) -> line.contains(WARNING))).singleElement()
			.satisfies((line) -> assertThat(line).contains("WARN")
				.contains("WebSocketRoleAutoConfigurationTests.OtherWebServer")
				.contains("spring-boot-starter-webflux")
				.contains("websocket-keepalive.client.only"));
	}

	@Test
	void anotherServerIsToldOfAlsoWithoutReactorNetty(CapturedOutput output) {
		this.runner.withUserConfiguration(OtherServer.class)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.reactor.netty", "reactor.netty"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(WebSocketMappingHandlerMapping.class));
		assertThat(output).containsOnlyOnce(WARNING);
	}

	@Test
	void anApplicationThatIsOnlyAClientIsShownAndHearsNothing(CapturedOutput output) {
		for (Class<?> server : List.of(OtherServer.class, Nothing.class)) {
			this.runner.withUserConfiguration(server)
				.withPropertyValues("websocket-keepalive.client.only=true")
				.run((context) -> {
					SHOWN.forEach((type) -> assertThat(context).hasNotFailed().hasSingleBean(type));
					SERVER.forEach((type) -> assertThat(context).doesNotHaveBean(type));
				});
		}
		assertThat(output).doesNotContain(WARNING);
	}

	@Test
	void nothingIsSaidWhileEverythingIsSwitchedOff(CapturedOutput output) {
		this.runner.withUserConfiguration(OtherServer.class)
			.withPropertyValues("websocket-keepalive.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain(WARNING);
	}

	@Test
	void aFactoryThatIsDeclaredByItsInterfaceMayBeReactorNettys(CapturedOutput output) {
		this.runner.withUserConfiguration(FactoryByInterface.class)
			.run((context) -> SERVER.forEach((type) -> assertThat(context).hasSingleBean(type)));
		assertThat(output).doesNotContain(WARNING);
	}

	@Test
	void aMockOfAReactiveApplicationIsTakenForReactorNetty() {
		new ReactiveWebApplicationContextRunner(AnnotationConfigReactiveWebApplicationContext::new)
			.withUserConfiguration(Application.class)
			.run((context) -> SERVER.forEach((type) -> assertThat(context).hasSingleBean(type)));
	}

	private static List<String> watchdogs() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter(Predicate.isEqual("websocket-keepalive-watchdog"))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@WebSocketMapping("/ws")
		WebSocketHandler handler() {
			return (session) -> Mono.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherServer {

		@Bean
		OtherFactory otherFactory() {
			return new OtherFactory();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FactoryByInterface {

		@Bean
		ReactiveWebServerFactory factory() {
			return new NettyReactiveWebServerFactory(0);
		}

	}

	static final class OtherFactory implements ReactiveWebServerFactory {

		@Override
		public WebServer getWebServer(HttpHandler handler) {
			return new OtherWebServer();
		}

	}

	static final class OtherWebServer implements WebServer {

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public int getPort() {
			return -1;
		}

	}

}
