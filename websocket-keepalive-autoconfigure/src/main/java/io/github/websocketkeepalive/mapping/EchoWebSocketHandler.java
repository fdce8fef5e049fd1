package io.github.websocketkeepalive.mapping;

import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.Internal;

/**
 * Sends every text and binary message back, for smoke tests from outside.
 */
@Internal
public final class EchoWebSocketHandler implements WebSocketHandler {

	@Override
	public Mono<Void> handle(WebSocketSession session) {
		return session.send(session.receive().filter(EchoWebSocketHandler::isData).map(WebSocketMessage::retain));
	}

	private static boolean isData(WebSocketMessage message) {
		return message.getType() == WebSocketMessage.Type.TEXT || message.getType() == WebSocketMessage.Type.BINARY;
	}

}
