package io.github.websocketkeepalive.benchmarks;

import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.mapping.WebSocketMapping;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;

/**
 * Sends the same rows as streams and as plain messages. Tells its port on standard
 * output.
 */
@EnableAutoConfiguration
public class ThroughputServer {

	static final String STREAMS = "/streams";

	static final String PLAIN_DOCUMENTS = "/documents";

	static final String PLAIN_TRADES = "/trades";

	/**
	 * So many small rows have 64 KiB.
	 */
	private static final int TRADES_IN_A_MESSAGE = 640;

	@Bean
	@WebSocketMapping(STREAMS)
	WebSocketHandler streams(StreamWebSocketHandler.Builder streams) {
		return streams.build();
	}

	@Bean
	ReplayableSource<Rows.Trade> trades() {
		return (request, offset) -> Rows.trades(offset);
	}

	@Bean
	ReplayableSource<Rows.Document> documents() {
		return (request, offset) -> Rows.documents(offset);
	}

	@Bean
	HandlerMapping plain(JsonMapper mapper) {
		return new SimpleUrlHandlerMapping(Map.of(PLAIN_DOCUMENTS, plain(mapper, Rows.documents(0)), PLAIN_TRADES,
				plain(mapper, Rows.trades(0).buffer(TRADES_IN_A_MESSAGE))), -1);
	}

	private static WebSocketHandler plain(JsonMapper mapper, Flux<?> messages) {
		return (session) -> session
			.send(messages.map((message) -> session.textMessage(mapper.writeValueAsString(message))));
	}

	@EventListener
	void tellPort(WebServerInitializedEvent event) {
		System.out.println(BenchmarkServer.PORT_LINE + event.getWebServer().getPort());
	}

	public static void main(String[] args) {
		SpringApplication.run(ThroughputServer.class, args);
	}

}
