package io.github.websocketkeepalive.drain;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.DefaultLifecycleProcessor;

import io.github.websocketkeepalive.Internal;

/**
 * Drains when the application shuts down, before the server stops to listen and waits for
 * what is open.
 */
@Internal
public final class DrainLifecycle implements SmartLifecycle {

	/**
	 * Above the phase in which the server shuts down gracefully.
	 */
	public static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;

	private final Drain drain;

	private final DrainPolicy policy;

	private final ObjectProvider<DefaultLifecycleProcessor> processor;

	private volatile boolean running;

	/**
	 * Create a lifecycle.
	 * @param drain what drains
	 * @param policy how long that may take
	 * @param processor whose limit for this phase, and no other, is set to that
	 */
	public DrainLifecycle(Drain drain, DrainPolicy policy, ObjectProvider<DefaultLifecycleProcessor> processor) {
		this.drain = drain;
		this.policy = policy;
		this.processor = processor;
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
		long limit = this.policy.phaseLimit().toMillis();
		this.processor.ifAvailable((lifecycle) -> lifecycle.setTimeoutForShutdownPhase(PHASE, limit));
		this.drain.resume();
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
		this.drain.start(callback);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
