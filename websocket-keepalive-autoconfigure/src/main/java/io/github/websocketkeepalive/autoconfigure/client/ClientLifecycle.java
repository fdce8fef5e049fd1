package io.github.websocketkeepalive.autoconfigure.client;

import java.time.Duration;

import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.ClientConnections;

/**
 * Ends all clients when the application shuts down: after the web server, whose handlers
 * may use them until they are drained, and while there are event loops to say goodbye on.
 * They are ready before the web server is.
 */
final class ClientLifecycle implements SmartLifecycle {

	/**
	 * Below every phase of a web server, which has about three thousand for itself.
	 */
	static final int PHASE = DEFAULT_PHASE - 4096;

	private static final Duration GOODBYE = Duration.ofSeconds(2);

	private final ClientConnections connections;

	private volatile boolean running;

	ClientLifecycle(ClientConnections connections) {
		this.connections = connections;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public void start() {
		this.connections.start();
		this.running = true;
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.connections.shutDown().timeout(GOODBYE, Mono.empty()).doFinally((signal) -> callback.run()).subscribe();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
