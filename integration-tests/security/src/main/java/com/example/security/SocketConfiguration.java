package com.example.security;

import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;

@Configuration
class SocketConfiguration {

	@Bean
	HandlerMapping sockets() {
		WebSocketHandler echo = (session) -> session
			.send(greeting(session).concatWith(session.receive().doOnNext(WebSocketMessage::retain)));
		WebSocketHandler closing = (session) -> session.send(greeting(session))
			.then(session.close(new CloseStatus(4001, "enough")));
		WebSocketHandler completing = (session) -> session.send(greeting(session))
			.then(session.receive().take(1).then());
		return new SimpleUrlHandlerMapping(Map.of("/ws/echo", echo, "/ws/close", closing, "/ws/complete", completing),
				-1);
	}

	private static Flux<WebSocketMessage> greeting(WebSocketSession session) {
		return session.getHandshakeInfo()
			.getPrincipal()
			.map((user) -> session.textMessage("hello " + user.getName()))
			.flux();
	}

}
