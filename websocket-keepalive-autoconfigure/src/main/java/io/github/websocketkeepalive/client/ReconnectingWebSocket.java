package io.github.websocketkeepalive.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;

import io.github.websocketkeepalive.client.reconnect.Backoff;
import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.client.reconnect.Disconnect;
import io.github.websocketkeepalive.client.reconnect.WebSocketEndedException;
import io.github.websocketkeepalive.connection.ConnectionId;
import io.github.websocketkeepalive.listener.SafeMono;
import io.github.websocketkeepalive.task.TaskFailures;

/**
 * A WebSocket that comes back: a sequence of connections, each given to the same handler.
 */
public final class ReconnectingWebSocket {

	private static final Duration GOODBYE = Duration.ofSeconds(1);

	private static final TaskFailures failures = new TaskFailures();

	private final Sinks.Many<ConnectionState> states = Sinks.many().replay().latest();

	private final AtomicBoolean started = new AtomicBoolean();

	private final AtomicBoolean ended = new AtomicBoolean();

	private final ClientSettings settings;

	private final ClientResources resources;

	private final ReconnectLogger logger;

	private final Function<Consumer<WebSocketSession>, Mono<Disconnect>> attempts;

	private final Backoff backoff;

	private volatile @Nullable WebSocketSession session;

	/**
	 * Create a WebSocket.
	 * @param settings what it does without being asked
	 * @param resources what it shares with other clients
	 * @param logger what is told of its states
	 * @param attempts makes one attempt, tells the session if there is one, and how it
	 * ended
	 */
	ReconnectingWebSocket(ClientSettings settings, ClientResources resources, ReconnectLogger logger,
			Function<Consumer<WebSocketSession>, Mono<Disconnect>> attempts) {
		this.settings = settings;
		this.resources = resources;
		this.logger = logger;
		this.attempts = attempts;
		this.backoff = new Backoff(settings.backoff(), settings.random());
	}

	/**
	 * Connect, and connect again whenever the connection ends, until an end is final.
	 * Cancelling closes the connection. Can be subscribed to once.
	 * @return completes when the connection has ended as it was meant to; fails with a
	 * {@link WebSocketEndedException} after another end that is final
	 */
	public Mono<Void> run() {
		return Mono.defer(() -> {
			if (!this.started.compareAndSet(false, true)) {
				return Mono.error(new IllegalStateException("This WebSocket has been run before"));
			}
			Mono<Void> connections = SafeMono.defer(this::attempt)
				.flatMap((disconnect) -> SafeMono.defer(() -> afterwards(disconnect)))
				.repeat(() -> !this.ended.get())
				.then();
			Mono<Void> shutdown = this.resources.connections().whenShutDown().then(Mono.defer(this::sayGoodbye));
			return Mono.firstWithSignal(connections, shutdown).doFinally(this::stopped);
		});
	}

	/**
	 * Return what this client is doing.
	 * @return the latest state, and all that follow up to {@link ConnectionState.Ended},
	 * on the thread that changes them
	 */
	public Flux<ConnectionState> states() {
		return this.states.asFlux();
	}

	private Mono<Disconnect> attempt() {
		enter(new ConnectionState.Connecting(this.backoff.failures()));
		return this.attempts.apply(this::connected);
	}

	private void connected(WebSocketSession session) {
		this.session = session;
		enter(new ConnectionState.Connected(ConnectionId.of(session.getId())));
	}

	private Mono<Void> afterwards(Disconnect disconnect) {
		this.session = null;
		Duration delay = this.backoff.next(disconnect);
		if (!this.settings.reconnect().mayReturn(disconnect, this.backoff.protocolErrors())
				|| this.settings.until().test(disconnect) || this.backoff.failures() >= this.settings.maxAttempts()) {
			return end(disconnect);
		}
		enter(new ConnectionState.Waiting(delay, disconnect, this.backoff.failures()));
		this.resources.reconnects(this.settings.name(), disconnect.cause());
		return Mono.delay(delay).then();
	}

	private Mono<Void> end(Disconnect disconnect) {
		ended(disconnect);
		return disconnect.isNormal() ? Mono.empty()
				: Mono.error(new WebSocketEndedException(this.settings.name(), disconnect));
	}

	private Mono<Void> sayGoodbye() {
		WebSocketSession session = this.session;
		return (session != null && session.isOpen())
				? session.close(CloseStatus.GOING_AWAY).timeout(GOODBYE).onErrorComplete() : Mono.empty();
	}

	private void stopped(SignalType signal) {
		ended(null);
	}

	private void ended(@Nullable Disconnect disconnect) {
		if (this.ended.compareAndSet(false, true)) {
			ConnectionState.Ended state = new ConnectionState.Ended(disconnect);
			this.logger.log(state);
			emit(() -> this.states.emitNext(state, Sinks.EmitFailureHandler.busyLooping(GOODBYE)));
			emit(() -> this.states.emitComplete(Sinks.EmitFailureHandler.busyLooping(GOODBYE)));
		}
	}

	private void enter(ConnectionState state) {
		if (!this.ended.get()) {
			this.logger.log(state);
			emit(() -> this.states.emitNext(state, Sinks.EmitFailureHandler.busyLooping(GOODBYE)));
		}
	}

	// Whatever a subscriber of the states throws, the client goes on.
	private static void emit(Runnable emission) {
		try {
			emission.run();
		}
		catch (Throwable ex) {
			failures.failed("A subscriber of the states of a client", ex);
		}
	}

}
