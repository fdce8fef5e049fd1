package io.github.websocketkeepalive.benchmarks;

import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;

/**
 * A small application that reads and never writes, as it is with and without the starter.
 * Tells its port on standard output.
 */
@SpringBootApplication
public class BenchmarkServer {

	static final String PATH = "/idle";

	static final String PORT_LINE = "benchmark server on port ";

	@Bean
	HandlerMapping idle() {
		WebSocketHandler idle = (session) -> session.receive().map(WebSocketMessage::getType).then();
		return new SimpleUrlHandlerMapping(Map.of(PATH, idle), -1);
	}

	@EventListener
	void tellPort(WebServerInitializedEvent event) {
		System.out.println(PORT_LINE + event.getWebServer().getPort());
	}

	public static void main(String[] args) {
		SpringApplication.run(BenchmarkServer.class, args);
	}

}
