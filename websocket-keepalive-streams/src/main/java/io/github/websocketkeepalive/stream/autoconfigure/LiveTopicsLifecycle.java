package io.github.websocketkeepalive.stream.autoconfigure;

import org.springframework.context.SmartLifecycle;

import io.github.websocketkeepalive.stream.topic.LiveTopics;

/**
 * Closes live topics at shutdown, and opens them again after a restart: after the web
 * server, whose clients may follow them, and before the connection factory of Redis,
 * which stops in phase 0.
 */
final class LiveTopicsLifecycle implements SmartLifecycle {

	private static final int PHASE = 1;

	private final LiveTopics topics;

	private volatile boolean running;

	private volatile boolean stopped;

	LiveTopicsLifecycle(LiveTopics topics) {
		this.topics = topics;
	}

	@Override
	public void start() {
		if (this.stopped) {
			this.topics.reopen();
		}
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.stopped = true;
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
