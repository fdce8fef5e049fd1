package io.github.websocketkeepalive.autoconfigure.client;

import java.time.Duration;

import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.client.ClientConnections;

/**
 * Ends all clients first of all when the application shuts down, while there are event
 * loops to say goodbye on.
 */
final class ClientLifecycle implements SmartLifecycle {

	private static final Duration GOODBYE = Duration.ofSeconds(2);

	private final ClientConnections connections;

	private volatile boolean running;

	ClientLifecycle(ClientConnections connections) {
		this.connections = connections;
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
