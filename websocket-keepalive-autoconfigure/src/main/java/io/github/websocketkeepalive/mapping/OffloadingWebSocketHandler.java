package io.github.websocketkeepalive.mapping;

import java.util.List;

import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Runs a handler away from the event loop, so that it may block.
 */
final class OffloadingWebSocketHandler implements WebSocketHandler {

	private final WebSocketHandler delegate;

	private final Scheduler scheduler;

	OffloadingWebSocketHandler(WebSocketHandler delegate, Scheduler scheduler) {
		this.delegate = delegate;
		this.scheduler = scheduler;
	}

	@Override
	public List<String> getSubProtocols() {
		return this.delegate.getSubProtocols();
	}

	@Override
	public Mono<Void> handle(WebSocketSession session) {
		WebSocketSession offloaded = new OffloadedWebSocketSession(session, this.scheduler);
		return Mono.defer(() -> this.delegate.handle(offloaded)).subscribeOn(this.scheduler);
	}

}
