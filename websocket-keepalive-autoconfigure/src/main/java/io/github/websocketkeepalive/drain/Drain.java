package io.github.websocketkeepalive.drain;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.connection.ConnectionRegistry;

/**
 * Drains this instance: new WebSockets are refused, and after a grace for load balancers
 * the open ones close one after the other, each told when to come back. Every method may
 * be called on any thread and returns as soon as the {@link TrafficSwitch} does.
 */
public final class Drain implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Drain.class);

	private final ConnectionRegistry registry;

	private final DrainPolicy policy;

	private final ReturnDelays returnDelays;

	private final AdmissionGate gate;

	private final TrafficSwitch traffic;

	private volatile @Nullable DrainRun run;

	private @Nullable ScheduledExecutorService executor;

	/**
	 * Create what drains.
	 * @param registry the connections
	 * @param policy when they close, and with which code
	 * @param returnDelays when each may come back
	 * @param gate closed meanwhile to new WebSockets
	 * @param traffic told before and after
	 */
	public Drain(ConnectionRegistry registry, DrainPolicy policy, ReturnDelays returnDelays, AdmissionGate gate,
			TrafficSwitch traffic) {
		this.registry = registry;
		this.policy = policy;
		this.returnDelays = returnDelays;
		this.gate = gate;
		this.traffic = traffic;
	}

	/**
	 * Start to drain, unless this instance is draining already.
	 * @return what was started
	 */
	public DrainStatus start() {
		return start(() -> {
		});
	}

	/**
	 * Start to drain, unless this instance is draining already.
	 * @param ended run when the drain has ended, or at once if it has
	 * @return what was started
	 */
	synchronized DrainStatus start(Runnable ended) {
		DrainRun running = this.run;
		boolean start = running == null;
		if (running == null) {
			running = new DrainRun(this.registry, this.policy, this.returnDelays, System.nanoTime());
			this.run = running;
			this.gate.close();
			tell(this.traffic::refuse);
			if (running.connections() > 0) {
				logger.info("Draining {} WebSockets: new ones are refused, open ones close over {} after {}",
						running.connections(), this.policy.window(), this.policy.grace());
			}
			drive(running);
		}
		running.ended().thenRun(ended);
		return new DrainStatus(start, this.registry.served().count(), this.policy.grace(), this.policy.window());
	}

	/**
	 * Take new WebSockets again, and close no more of those that are open.
	 * @return whether this instance was draining
	 */
	public synchronized boolean resume() {
		DrainRun running = this.run;
		if (running == null) {
			return false;
		}
		close();
		this.run = null;
		this.gate.open();
		tell(this.traffic::accept);
		running.ended().complete(null);
		logger.info("No longer draining: new WebSockets are taken");
		return true;
	}

	/**
	 * Return whether this instance refuses new WebSockets because it is drained.
	 * @return whether a drain was started and not taken back
	 */
	public boolean isDraining() {
		return this.run != null;
	}

	/**
	 * Stop what closes connections. New ones stay refused.
	 */
	@Override
	public synchronized void close() {
		if (this.executor != null) {
			this.executor.shutdownNow();
			this.executor = null;
		}
	}

	private static void tell(Runnable change) {
		try {
			change.run();
		}
		catch (RuntimeException ex) {
			logger.error("Load balancers could not be told of the drain", ex);
		}
	}

	private void drive(DrainRun running) {
		ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "websocket-drain");
			thread.setDaemon(true);
			return thread;
		});
		this.executor = executor;
		executor.execute(() -> tick(running, executor));
	}

	// A listener of a closing connection must not end the drain with its failure.
	private void tick(DrainRun running, ScheduledExecutorService executor) {
		long next = TimeUnit.SECONDS.toNanos(1);
		try {
			next = running.tick(System.nanoTime());
		}
		catch (RuntimeException ex) {
			logger.error("A step of the drain failed", ex);
		}
		if (!executor.isShutdown()) {
			executor.schedule(() -> tick(running, executor), next, TimeUnit.NANOSECONDS);
		}
	}

}
