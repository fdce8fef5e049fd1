package io.github.websocketkeepalive.unchanged;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
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

	private static Applications applications;

	@BeforeAll
	static void startApplications(CapturedOutput output) throws IOException {
		applications = Applications.start(OtherServer.class, (builder) -> {
		}, (context) -> answers(new Conversations(Applications.port(context))), output);
	}

	@AfterAll
	static void stopApplications() {
		applications.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void theApplicationIsAsWithoutTheStarterButForOneWarning(Starter starter) {
		Seen expected = applications.seen(Starter.ABSENT);
		assertThat(expected.warnings()).isEmpty();
		assertThat(expected.answers()).contains("/ws/echo hello 1000 done true", "/ws/close 4001 enough true");
		assertThat(applications.seen(starter).answers()).isEqualTo(expected.answers());
		assertThat(applications.seen(starter).beans()).isEqualTo(expected.beans());
		assertThat(applications.seen(starter).warnings()).hasSize((starter == Starter.DEFAULTS) ? 1 : 0)
			.allMatch(
					(line) -> line.startsWith(WARNING) && line.contains("OtherServerApplicationTests.OtherWebServer"));
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFAULTS", "SWITCHED_OFF" })
	void mappedHandlersAreServed(Starter starter) throws IOException {
		assertThat(applications.peer(starter).talk("/ws/mapped")).isEqualTo("/ws/mapped hello 1000 done true");
	}

	@Test
	void nothingOfAServerIsThere() {
		assertThat(applications.context(Starter.DEFAULTS).getBeanDefinitionNames()).doesNotContain(
				"webSocketKeepaliveWebFilter", "webSocketKeepaliveServerCustomizer", "webSocketDrainLifecycle",
				"webSocketEventLoopWatchdog", "webSocketKeepaliveHealthIndicator", "webSocketConnectionMetrics",
				"webSocketProbes");
	}

	private static List<String> answers(Conversations peer) throws IOException {
		return List.of(peer.request("GET", "/hello"), peer.request("GET", "/missing"),
				peer.handshake("/ws/echo", "Origin: https://stranger.example"), peer.talk("/ws/echo"),
				peer.talk("/ws/close"));
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

		// Its event loops are everybody's, and may have ended with another application:
		// who
		// waits for the end then waits in vain.
		@Override
		public void stop() {
			this.server.dispose();
		}

		@Override
		public int getPort() {
			return this.server.port();
		}

	}

}
