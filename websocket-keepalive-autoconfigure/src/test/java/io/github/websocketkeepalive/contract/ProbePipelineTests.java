package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import io.netty.channel.Channel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;

import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That watching for probes leaves nothing behind for messages and requests to pass.
 */
class ProbePipelineTests {

	@ParameterizedTest
	@EnumSource(Transport.class)
	void nothingOfItIsInThePipelineOfAWebSocket(Transport transport) throws IOException {
		assertThat(ofWebSocket(transport, true)).isEqualTo(ofWebSocket(transport, false));
	}

	@ParameterizedTest
	@EnumSource(Transport.class)
	void nothingOfItIsInThePipelineOfAConnectionThatHasSentARequest(Transport transport) throws Exception {
		assertThat(ofRequest(transport, true)).isEqualTo(ofRequest(transport, false));
	}

	private static List<String> ofWebSocket(Transport transport, boolean enabled) throws IOException {
		try (TestServer server = server(transport, enabled);
				RawClient client = RawClient.connect(server.port(), "/echo")) {
			client.sendText("hello");
			assertThat(client.read(RawClient.TEXT)).isNotNull();
			return pipeline(server);
		}
	}

	private static List<String> ofRequest(Transport transport, boolean enabled) throws Exception {
		try (TestServer server = server(transport, enabled)) {
			HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/ok"))
				.version(HttpClient.Version.HTTP_1_1)
				.build();
			HttpClient client = HttpClient.newHttpClient();
			assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("ok");
			return pipeline(server);
		}
	}

	private static TestServer server(Transport transport, boolean enabled) {
		return TestServer.on(transport)
			.workers(1)
			.property("websocket-keepalive.probe.enabled", enabled)
			.start(Application.class);
	}

	private static List<String> pipeline(TestServer server) {
		return server.bean(Application.class).channel.pipeline().names();
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private volatile Channel channel;

		@Bean
		NettyServerCustomizer channel() {
			return (server) -> server.doOnConnection((connection) -> this.channel = connection.channel());
		}

		@Bean
		SimpleUrlHandlerMapping echo() {
			WebSocketHandler echo = (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
			return new SimpleUrlHandlerMapping(Map.of("/echo", echo), -1);
		}

		@Bean
		RouterFunction<ServerResponse> ok() {
			return RouterFunctions.route().GET("/ok", (request) -> ServerResponse.ok().bodyValue("ok")).build();
		}

	}

}
