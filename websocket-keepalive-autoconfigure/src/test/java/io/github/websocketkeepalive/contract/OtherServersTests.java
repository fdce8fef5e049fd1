package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;

import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.server.KeepaliveServerCustomizer;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The starter stays out of the way where it has nothing to do.
 */
@ExtendWith(LeakDetection.class)
class OtherServersTests {

	@Test
	void anApplicationWithAnotherServerStartsAndIsHandedToThatServer() {
		try (ConfigurableApplicationContext context = application(WebApplicationType.REACTIVE)
			.sources(OtherServer.class)
			.run()) {
			assertThat(context.getBean(OtherServer.class).started).isTrue();
			assertThat(context.getBean(WebSocketConnections.class).count()).isZero();
		}
	}

	@Test
	void anApplicationThatIsNoWebApplicationStartsWithoutTheHooksOfAServer() {
		try (ConfigurableApplicationContext context = application(WebApplicationType.NONE).run()) {
			assertThat(context.getBeansOfType(KeepaliveServerCustomizer.class)).isEmpty();
			assertThat(context.isActive()).isTrue();
		}
	}

	@Test
	void anApplicationThatHasSwitchedItOffServesItsHandlersAndKnowsOfNoConnection() throws IOException {
		try (TestServer server = TestServer.on(Transport.NIO)
			.property("websocket-keepalive.enabled", false)
			.start(Handlers.class); RawClient client = RawClient.connect(server.port(), "/ws")) {
			client.sendText("hello");
			assertThat(client.read().text()).isEqualTo("hello");
			assertThat(server.context().getBeansOfType(KeepaliveServerCustomizer.class)).isEmpty();
			assertThat(server.connections().count()).isZero();
		}
	}

	private static SpringApplicationBuilder application(WebApplicationType type) {
		return new SpringApplicationBuilder(Application.class).web(type)
			.properties("spring.main.banner-mode=off", "spring.jmx.enabled=false");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherServer {

		private final AtomicBoolean started = new AtomicBoolean();

		@Bean
		ReactiveWebServerFactory otherServerFactory() {
			return this::serve;
		}

		private WebServer serve(HttpHandler application) {
			return new WebServer() {

				@Override
				public void start() {
					OtherServer.this.started.set(true);
				}

				@Override
				public void stop() {
				}

				@Override
				public int getPort() {
					return -1;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		HandlerMapping mapping() {
			WebSocketHandler echo = (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
			return new SimpleUrlHandlerMapping(Map.of("/ws", echo), -1);
		}

	}

}
