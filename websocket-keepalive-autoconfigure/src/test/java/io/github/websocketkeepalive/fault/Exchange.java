package io.github.websocketkeepalive.fault;

import java.util.function.Function;

import org.reactivestreams.Publisher;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How an application runs what it sends and what it receives on a session.
 */
@FunctionalInterface
interface Exchange {

	/**
	 * Nothing but the session: no keepalive of the application's own.
	 */
	Exchange PLAIN = (session, output, input) -> session.send(output).and(input.apply(session.receive()));

	Mono<Void> run(WebSocketSession session, Flux<WebSocketMessage> output,
			Function<Flux<WebSocketMessage>, Publisher<?>> input);

}
