package com.example.gateway;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A server behind the gateway.
 */
final class Backend {

	private Backend() {
	}

	static DisposableServer start() {
		return HttpServer.create()
			.port(0)
			.route((routes) -> routes
				.get("/pages/hello", (request, response) -> response.sendString(Mono.just("hello")))
				.post("/pages/hello", (request, response) -> response.send(request.receive().retain()))
				.ws("/ws/echo", (in, out) -> out.sendObject(in.receiveFrames().map(WebSocketFrame::retain)))
				.ws("/ws/close", (in, out) -> out.sendClose(4001, "enough"))
				.ws("/ws/complete", (in, out) -> in.receive().take(1).then())
				.ws("/ws/ping", (in, out) -> out.sendObject(ping())
					.then()
					.thenMany(in.receiveFrames().ofType(PongWebSocketFrame.class))
					.concatMap((pong) -> out.sendString(Mono.just("pong heard")).then(out.sendClose(4002, "enough")))))
			.bindNow();
	}

	private static PingWebSocketFrame ping() {
		return new PingWebSocketFrame(Unpooled.copiedBuffer("of the backend", StandardCharsets.US_ASCII));
	}

}
