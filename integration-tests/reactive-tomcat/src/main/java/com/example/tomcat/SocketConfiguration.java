package com.example.tomcat;

import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.publisher.Mono;

@Configuration
class SocketConfiguration {

	@Bean
	HandlerMapping sockets() {
		WebSocketHandler echo = (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
		WebSocketHandler closing = (session) -> session.close(new CloseStatus(4001, "enough"));
		WebSocketHandler completing = (session) -> session.send(Mono.just(session.textMessage("bye")));
		WebSocketHandler failing = (session) -> Mono.error(new IllegalStateException("deliberate"));
		SimpleUrlHandlerMapping mapping = new SimpleUrlHandlerMapping(
				Map.of("/ws/echo", echo, "/ws/close", closing, "/ws/complete", completing, "/ws/fail", failing), -1);
		CorsConfiguration cors = new CorsConfiguration();
		cors.addAllowedOrigin("https://friend.example");
		mapping.setCorsConfigurations(Map.of("/ws/**", cors));
		return mapping;
	}

}
