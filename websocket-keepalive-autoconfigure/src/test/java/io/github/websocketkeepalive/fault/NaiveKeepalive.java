package io.github.websocketkeepalive.fault;

import java.time.Duration;
import java.util.function.Function;

import org.reactivestreams.Publisher;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The keepalive that applications write by hand: pings merged into what is sent, and a
 * timeout on what is received. It runs on Reactor's timer threads, and knows nothing of
 * event loops, of output that waits, and of bytes that are no message yet.
 */
final class NaiveKeepalive implements Exchange {

	private final Duration interval;

	private final Duration timeout;

	NaiveKeepalive(Duration interval, Duration timeout) {
		this.interval = interval;
		this.timeout = timeout;
	}

	@Override
	public Mono<Void> run(WebSocketSession session, Flux<WebSocketMessage> output,
			Function<Flux<WebSocketMessage>, Publisher<?>> input) {
		Flux<WebSocketMessage> pings = Flux.interval(this.interval)
			.onBackpressureDrop()
			.map((tick) -> session.pingMessage((buffers) -> buffers.wrap(new byte[] { 'h', 'i' })));
		Flux<WebSocketMessage> received = session.receive().timeout(this.interval.plus(this.timeout));
		return session.send(output.mergeWith(pings)).and(input.apply(received));
	}

}
