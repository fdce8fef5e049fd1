package io.github.websocketkeepalive.contract;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.admission.AdmissionPolicy;
import io.github.websocketkeepalive.endpoint.WebSocketDescriptor;
import io.github.websocketkeepalive.endpoint.WebSocketsDescriptor;
import io.github.websocketkeepalive.endpoint.WebSocketsEndpoint;
import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.test.LeakDetection;
import io.github.websocketkeepalive.test.RawClient;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * That a request has the same path in whatever form it names its target: its endpoint has
 * its settings, and nothing is shown of a user, a password or a query.
 */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith({ OutputCaptureExtension.class, LeakDetection.class })
class AbsoluteTargetTests {

	private static TestServer server;

	@Parameter
	private Transport transport;

	@BeforeParameterizedClassInvocation
	static void startServer(Transport transport) {
		server = TestServer.on(transport)
			.property("management.endpoints.web.exposure.include", "websockets")
			.heartbeat("1h", "1h")
			.property("websocket-keepalive.heartbeat.endpoints[/handler].interval", "100ms")
			.property("websocket-keepalive.heartbeat.endpoints[/route/**].interval", "100ms")
			.start(Endpoints.class);
	}

	@AfterParameterizedClassInvocation
	static void stopServer() {
		server.close();
	}

	@ParameterizedTest
	@CsvSource({ "/handler, /handler?token=secret", "/handler, /handler#secret", "/handler, /handler?a=b#secret",
			"/handler, ws://localhost/handler", "/handler, ws://user:secret@localhost/handler?token=secret#secret",
			"/handler, https://user:secret@localhost:1/handler?token=secret", "/route, /route?token=secret",
			"/route, ws://user:secret@localhost/route?token=secret", "/route/%zz, /route/%zz?token=secret" })
	void thePathIsThatOfTheHandler(String path, String target, CapturedOutput output) throws IOException {
		Endpoints endpoints = server.bean(Endpoints.class);
		endpoints.asked.clear();
		try (RawClient client = RawClient.connect(server.port(), target)) {
			assertThat(client.read().opcode()).isEqualTo(RawClient.PING);
			assertThat(endpoints.asked).containsExactly(path);
			assertThat(shown()).containsExactly(path);
		}
		await().until(() -> server.connections().count() == 0);
		assertThat(output).doesNotContain("secret");
	}

	private static List<String> shown() {
		WebSocketsDescriptor shown = (WebSocketsDescriptor) server.bean(WebSocketsEndpoint.class)
			.list(null, null, null, null, null, null)
			.getBody();
		return shown.connections().stream().map(WebSocketDescriptor::path).toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints {

		private final List<String> asked = new CopyOnWriteArrayList<>();

		@Bean
		@WebSocketMapping("/handler")
		WebSocketHandler handler() {
			return (session) -> session.receive().then();
		}

		@Bean
		NettyRouteProvider routes() {
			return (routes) -> routes.ws("/route", (inbound, outbound) -> inbound.receive().then())
				.ws("/route/{name}", (inbound, outbound) -> inbound.receive().then());
		}

		@Bean
		AdmissionPolicy policy() {
			return (request) -> {
				this.asked.add(request.path());
				return Mono.empty();
			};
		}

	}

}
