package io.github.websocketkeepalive.client.shared;

import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import io.github.websocketkeepalive.client.ReconnectingWebSocket;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;

/**
 * One connection for several users. It is open while somebody receives, and for a while
 * after that. Thread-safe.
 */
public final class SharedWebSocket {

	private final Sinks.Many<ConnectionState> states = Sinks.many().replay().latest();

	private final Greetings greetings = new Greetings();

	private final Function<WebSocketHandler, ReconnectingWebSocket> connector;

	private final SharedOptions options;

	private final OutboundBuffer outbound;

	private Sinks.Many<SharedMessage> inbound = Sinks.many().multicast().directBestEffort();

	private @Nullable Disposable run;

	private @Nullable Disposable lingering;

	private int users;

	SharedWebSocket(Function<WebSocketHandler, ReconnectingWebSocket> connector, Runnable onDropped,
			SharedOptions options) {
		this.connector = connector;
		this.options = options;
		this.outbound = new OutboundBuffer(options.outboundCapacity(), options.overflow(), onDropped);
	}

	/**
	 * Use the connection, and open it if this is the first use.
	 * @param greeting what is sent now and first of all on each new connection, such as
	 * the request for a subscription
	 * @return text and binary messages from now on, whoever they are meant for; ends as
	 * {@link ReconnectingWebSocket#run()} does, and fails if its subscriber is too slow
	 */
	public Flux<SharedMessage> receive(SharedMessage... greeting) {
		return Flux.defer(() -> {
			List<SharedMessage> own = List.of(greeting);
			Flux<SharedMessage> messages = acquire(own);
			return messages.doFinally((signal) -> release(own));
		}).onBackpressureBuffer(this.options.inboundCapacity());
	}

	/**
	 * Send a message, now or when there is a connection. Does not open one.
	 * @param message the message
	 * @return completes when the message was handed to a connection, which may still fail
	 * before it is delivered; fails with a {@link MessageDroppedException} if it never
	 * will be
	 */
	public Mono<Void> send(SharedMessage message) {
		return this.outbound.send(message);
	}

	/**
	 * Return what the connection does.
	 * @return the latest state and all that follow; does not end, since a connection that
	 * has ended is opened again by its next user
	 */
	public Flux<ConnectionState> states() {
		return this.states.asFlux();
	}

	private synchronized Flux<SharedMessage> acquire(List<SharedMessage> greeting) {
		this.users++;
		this.greetings.add(greeting);
		if (this.lingering != null) {
			this.lingering.dispose();
			this.lingering = null;
		}
		if (this.run != null) {
			return this.inbound.asFlux();
		}
		Sinks.Many<SharedMessage> inbound = Sinks.many().multicast().directBestEffort();
		Disposable.Swap run = Disposables.swap();
		this.inbound = inbound;
		this.run = run;
		return inbound.asFlux().doOnSubscribe((subscription) -> start(run, inbound));
	}

	private synchronized void release(List<SharedMessage> greeting) {
		this.users--;
		this.greetings.remove(greeting);
		if (this.users == 0 && this.run != null) {
			this.lingering = Mono.delay(this.options.linger()).subscribe((tick) -> stop());
		}
	}

	private void start(Disposable.Swap run, Sinks.Many<SharedMessage> inbound) {
		ReconnectingWebSocket socket = this.connector.apply((session) -> handle(session, inbound));
		socket.states().subscribe((state) -> this.states.tryEmitNext(state));
		run.update(socket.run()
			.subscribe(null, (failure) -> ended(run, inbound, failure), () -> ended(run, inbound, null)));
	}

	private void stop() {
		Disposable stopped = null;
		synchronized (this) {
			if (this.users == 0) {
				stopped = this.run;
				this.run = null;
			}
		}
		if (stopped != null) {
			stopped.dispose();
			this.outbound.dropAll("nobody uses the connection any more");
		}
	}

	private void ended(Disposable run, Sinks.Many<SharedMessage> inbound, @Nullable Throwable failure) {
		synchronized (this) {
			if (this.run == run) {
				this.run = null;
			}
		}
		this.outbound.dropAll("the connection has ended for good");
		if (failure != null) {
			inbound.tryEmitError(failure);
		}
		else {
			inbound.tryEmitComplete();
		}
	}

	private Mono<Void> handle(WebSocketSession session, Sinks.Many<SharedMessage> inbound) {
		Flux<WebSocketMessage> messages = this.greetings.onConnection()
			.mergeWith(this.outbound.messages())
			.map((message) -> message.to(session));
		Mono<Void> received = session.receive()
			.filter((message) -> message.getType() == WebSocketMessage.Type.TEXT
					|| message.getType() == WebSocketMessage.Type.BINARY)
			.doOnNext((message) -> inbound.tryEmitNext(SharedMessage.copyOf(message)))
			.then();
		return Mono.firstWithSignal(received, session.send(messages).then(Mono.never()));
	}

}
