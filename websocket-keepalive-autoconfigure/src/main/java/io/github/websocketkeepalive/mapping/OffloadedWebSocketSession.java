package io.github.websocketkeepalive.mapping;

import java.util.Map;
import java.util.function.Function;

import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * A session whose signals reach the handler on a scheduler, in order and through a
 * bounded queue. Messages are copied to the heap, because Reactor Netty frees its own as
 * soon as it has handed them over.
 */
final class OffloadedWebSocketSession implements WebSocketSession {

	private static final int QUEUE_SIZE = 16;

	private final WebSocketSession delegate;

	private final Scheduler scheduler;

	OffloadedWebSocketSession(WebSocketSession delegate, Scheduler scheduler) {
		this.delegate = delegate;
		this.scheduler = scheduler;
	}

	@Override
	public Flux<WebSocketMessage> receive() {
		return this.delegate.receive()
			.map(OffloadedWebSocketSession::copy)
			.publishOn(this.scheduler, QUEUE_SIZE)
			.hide()
			.transform(Operators
				.<WebSocketMessage, WebSocketMessage>lift((source, actual) -> new CancelAfterNext<>(actual)));
	}

	@Override
	public Mono<Void> send(Publisher<WebSocketMessage> messages) {
		return this.delegate.send(Flux.from(messages).subscribeOn(this.scheduler)).publishOn(this.scheduler);
	}

	private static WebSocketMessage copy(WebSocketMessage message) {
		DataBuffer payload = message.getPayload();
		byte[] bytes = new byte[payload.readableByteCount()];
		payload.read(bytes);
		return new WebSocketMessage(message.getType(), DefaultDataBufferFactory.sharedInstance.wrap(bytes));
	}

	@Override
	public String getId() {
		return this.delegate.getId();
	}

	@Override
	public HandshakeInfo getHandshakeInfo() {
		return this.delegate.getHandshakeInfo();
	}

	@Override
	public DataBufferFactory bufferFactory() {
		return this.delegate.bufferFactory();
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.delegate.getAttributes();
	}

	@Override
	public boolean isOpen() {
		return this.delegate.isOpen();
	}

	@Override
	public Mono<Void> close(CloseStatus status) {
		return this.delegate.close(status).publishOn(this.scheduler);
	}

	@Override
	public Mono<CloseStatus> closeStatus() {
		return this.delegate.closeStatus().publishOn(this.scheduler);
	}

	@Override
	public WebSocketMessage textMessage(String payload) {
		return this.delegate.textMessage(payload);
	}

	@Override
	public WebSocketMessage binaryMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.binaryMessage(payloadFactory);
	}

	@Override
	public WebSocketMessage pingMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.pingMessage(payloadFactory);
	}

	@Override
	public WebSocketMessage pongMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.pongMessage(payloadFactory);
	}

}
