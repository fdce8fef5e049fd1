package io.github.websocketkeepalive.contract;

import java.time.Duration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.test.TestServer;
import io.github.websocketkeepalive.test.Transport;

/**
 * The application whose behaviour is recorded: an echo, a source of rows and a topic.
 */
@Configuration(proxyBeanMethods = false)
class RecordedApplication {

	/**
	 * Return a server that pings nobody while a test runs, and refuses a foreign origin.
	 */
	static TestServer.Builder server() {
		return TestServer.on(Transport.NIO)
			.workers(1)
			.heartbeat("1h", "1h")
			.drain(Duration.ofHours(1), Duration.ofSeconds(1))
			.property("websocket-keepalive.echo.path", "/ws/echo")
			.property("websocket-keepalive.admission.allowed-origins", "https://example.org")
			.property("websocket-keepalive.stream.batch-size", 2)
			.property("management.endpoint.health.show-details", "always")
			.property("management.endpoint.websockets.access", "unrestricted")
			.property("management.endpoints.web.exposure.include", "*");
	}

	@Bean
	@WebSocketMapping("/ws/streams")
	WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
		return streams.build();
	}

	@Bean
	ReplayableSource<Row> rows() {
		return (request, offset) -> Flux.range((int) offset, (int) (3 - offset))
			.map((id) -> new Row(id, "row " + id, 0.5 * id, id == 2));
	}

	@Bean
	LiveTopic<Row> news(LiveTopics topics) {
		return topics.create("news");
	}

	record Row(long id, String name, double price, boolean last) {
	}

}
