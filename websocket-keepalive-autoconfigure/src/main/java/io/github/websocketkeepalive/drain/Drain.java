package io.github.websocketkeepalive.drain;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.admission.AdmissionGate;
import io.github.websocketkeepalive.connection.ConnectionRegistry;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.task.TaskFailures;
import io.github.websocketkeepalive.text.DurationText;

/**
 * Drains this instance: new WebSockets are refused, and after a grace for load balancers
 * the open ones close one after the other, each told when to come back. Every method may
 * be called on any thread and returns as soon as the {@link TrafficSwitch} does.
 */
public final class Drain implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Drain.class);

	private static final TaskFailures failures = new TaskFailures();

	private static final long AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final ConnectionRegistry registry;

	private final DrainPolicy policy;

	private final ReturnDelays returnDelays;

	private final AdmissionGate gate;

	private final Listeners<TrafficSwitch> traffic;

	private volatile @Nullable DrainRun run;

	private volatile @Nullable Thread thread;

	/**
	 * Create what drains.
	 * @param registry the connections
	 * @param policy when they close, and with which code
	 * @param returnDelays when each may come back
	 * @param gate closed meanwhile to new WebSockets
	 * @param traffic told before and after
	 * @param failures takes what the traffic switch and the delays throw
	 */
	@Internal
	public Drain(ConnectionRegistry registry, DrainPolicy policy, ReturnDelays returnDelays, AdmissionGate gate,
			TrafficSwitch traffic, CallbackFailures failures) {
		this.registry = registry;
		this.policy = policy;
		this.returnDelays = new SafeReturnDelays(returnDelays, failures);
		this.gate = gate;
		this.traffic = new Listeners<>(TrafficSwitch.class, List.of(traffic), failures);
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
			DrainRun begun = running;
			this.gate.close(() -> begun.left(System.nanoTime()));
			this.traffic.tell(TrafficSwitch::refuse);
			if (running.connections() > 0) {
				logger.info("Draining {} WebSockets: new ones are refused, open ones close over {} after {}",
						running.connections(), DurationText.of(this.policy.window()),
						DurationText.of(this.policy.grace()));
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
		this.traffic.tell(TrafficSwitch::accept);
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
		Thread thread = this.thread;
		this.thread = null;
		LockSupport.unpark(thread);
	}

	private void drive(DrainRun running) {
		Thread thread = new Thread(() -> run(running), "websocket-drain");
		thread.setDaemon(true);
		this.thread = thread;
		thread.start();
	}

	private void run(DrainRun running) {
		while (this.thread == Thread.currentThread()) {
			LockSupport.parkNanos(tick(running));
		}
	}

	private static long tick(DrainRun running) {
		try {
			return running.tick(System.nanoTime());
		}
		catch (Throwable ex) {
			failures.failed("A step of the drain", ex);
			return AFTER_FAILURE_NANOS;
		}
	}

}
