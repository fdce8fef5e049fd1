package io.github.websocketkeepalive.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionListener;
import io.github.websocketkeepalive.connection.WebSocketConnection;

/**
 * Tells each client how its connection ended, and all of them when the application shuts
 * down. Thread-safe.
 */
@Internal
public final class ClientConnections implements ConnectionListener {

	private final Map<String, Sinks.One<End>> open = new ConcurrentHashMap<>();

	private volatile Sinks.Empty<Void> shutdown = Sinks.empty();

	/**
	 * Let clients run from now on. Those that were ended stay so.
	 */
	public void start() {
		if (this.shutdown.scanOrDefault(Scannable.Attr.TERMINATED, false)) {
			this.shutdown = Sinks.empty();
		}
	}

	/**
	 * End all clients, and those that are run before the next {@link #start()} at once.
	 * May be called on any thread and does not wait.
	 * @return completes when no connection is open any more, on the event loop of the
	 * last one
	 */
	public Mono<Void> shutDown() {
		this.shutdown.tryEmitEmpty();
		return Flux.fromIterable(List.copyOf(this.open.values())).flatMap(Sinks.One::asMono).then();
	}

	Mono<Void> whenShutDown() {
		return this.shutdown.asMono();
	}

	/**
	 * Await the end of a connection.
	 * @param id the id of the connection, which has not been opened yet
	 * @return its end
	 */
	Mono<End> end(String id) {
		return this.open.computeIfAbsent(id, (key) -> Sinks.one()).asMono();
	}

	@Override
	public void onClosed(WebSocketConnection connection, CloseCause cause, int code) {
		Sinks.One<End> end = this.open.remove(connection.getId());
		if (end != null) {
			end.tryEmitValue(new End(cause, code));
		}
	}

	/**
	 * The end of a connection.
	 *
	 * @param cause why
	 * @param code the close code
	 */
	record End(CloseCause cause, int code) {
	}

}
