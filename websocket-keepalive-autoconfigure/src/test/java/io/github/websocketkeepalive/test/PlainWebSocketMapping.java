package io.github.websocketkeepalive.test;

import java.util.Map;

import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;

/**
 * Maps paths to WebSockets over HTTP/2 too, which Spring's own mapping takes for requests
 * of another kind, and does so without the starter.
 */
public final class PlainWebSocketMapping extends SimpleUrlHandlerMapping {

	public PlainWebSocketMapping(Map<String, WebSocketHandler> handlers) {
		super(handlers, -1);
	}

	@Override
	public void initApplicationContext() {
		super.initApplicationContext();
		setHandlerPredicate((handler, exchange) -> true);
	}

}
