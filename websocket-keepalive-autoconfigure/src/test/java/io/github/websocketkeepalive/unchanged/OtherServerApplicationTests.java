package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import io.github.websocketkeepalive.mapping.WebSocketMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications that a server serves which is not Spring Boot's Reactor Netty.
 */
@ExtendWith(OutputCaptureExtension.class)
class OtherServerApplicationTests {

	private static final String WARNING = "WARN";

	private static final Map<Starter, ConfigurableApplicationContext> contexts = new EnumMap<>(Starter.class);

	private static final Map<Starter, Seen> seen = new EnumMap<>(Starter.class);

	@BeforeAll
	static void startApplications(CapturedOutput output) throws IOException {
		for (Starter starter : Starter.values()) {
			int before = output.getAll().length();
			ConfigurableApplicationContext context = new SpringApplicationBuilder(OtherServer.class)
				.web(WebApplicationType.REACTIVE)
				.properties(starter.property(), "spring.main.banner-mode=off",
						"spring.reactor.netty.shutdown-quiet-period=0s")
				.run();
			contexts.put(starter, context);
			List<String> answers = answers(peer(starter));
			seen.put(starter, Seen.of(answers, context, output.getAll().substring(before)));
		}
	}

	@AfterAll
	static void stopApplications() {
		contexts.values().forEach(ConfigurableApplicationContext::close);
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void theApplicationIsAsWithoutTheStarterButForOneWarning(Starter starter) {
		Seen expected = seen.get(Starter.ABSENT);
		assertThat(expected.warnings()).isEmpty();
		assertThat(expected.answers()).contains("/ws/echo hello 1000 done true", "/ws/close 4001 enough true");
		assertThat(seen.get(starter).answers()).isEqualTo(expected.answers());
		assertThat(seen.get(starter).beans()).isEqualTo(expected.beans());
		assertThat(seen.get(starter).warnings()).hasSize((starter == Starter.DEFAULTS) ? 1 : 0)
			.allMatch(
					(line) -> line.startsWith(WARNING) && line.contains("OtherServerApplicationTests.OtherWebServer"));
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void mappedHandlersAreServed(Starter starter) throws IOException {
		assertThat(peer(starter).talk("/ws/mapped")).isEqualTo("/ws/mapped hello 1000 done true");
	}

	@Test
	void nothingOfAServerIsThere() {
		assertThat(contexts.get(Starter.DEFAULTS).getBeanDefinitionNames()).doesNotContain(
				"webSocketKeepaliveWebFilter", "webSocketKeepaliveServerCustomizer", "webSocketDrainLifecycle",
				"webSocketEventLoopWatchdog", "webSocketKeepaliveHealthIndicator", "webSocketConnectionMetrics",
				"webSocketProbes");
	}

	private static List<String> answers(Conversations peer) throws IOException {
		return List.of(peer.request("GET", "/hello"), peer.request("GET", "/missing"),
				peer.handshake("/ws/echo", "Origin: https://stranger.example"), peer.talk("/ws/echo"),
				peer.talk("/ws/close"));
	}

	private static Conversations peer(Starter starter) {
		return new Conversations(((WebServerApplicationContext) contexts.get(starter)).getWebServer().getPort());
	}

	@Configuration(proxyBeanMethods = false)
	static class OtherServer extends Plain {

		@Bean
		OtherFactory otherFactory() {
			return new OtherFactory();
		}

		@Bean
		@WebSocketMapping("/ws/mapped")
		Echo mapped() {
			return new Echo();
		}

	}

	static final class OtherFactory implements ReactiveWebServerFactory {

		@Override
		public WebServer getWebServer(HttpHandler handler) {
			return new OtherWebServer(
					HttpServer.create().port(0).handle(new ReactorHttpHandlerAdapter(handler)).bindNow());
		}

	}

	/**
	 * Serves by what is on the class path, but is nothing that the starter knows.
	 */
	static final class OtherWebServer implements WebServer {

		private final DisposableServer server;

		OtherWebServer(DisposableServer server) {
			this.server = server;
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
			this.server.disposeNow();
		}

		@Override
		public int getPort() {
			return this.server.port();
		}

	}

}
