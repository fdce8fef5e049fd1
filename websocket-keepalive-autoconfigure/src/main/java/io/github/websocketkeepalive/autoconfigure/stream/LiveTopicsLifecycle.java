package io.github.websocketkeepalive.autoconfigure.stream;

import org.springframework.context.SmartLifecycle;

import io.github.websocketkeepalive.stream.store.LiveTopics;

/**
 * Ends live topics at shutdown: after the web server, whose clients may follow them, and
 * before the connection factory of Redis, which stops in phase 0.
 */
final class LiveTopicsLifecycle implements SmartLifecycle {

	private static final int PHASE = 1;

	private final LiveTopics topics;

	private volatile boolean running;

	LiveTopicsLifecycle(LiveTopics topics) {
		this.topics = topics;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.topics.close();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
