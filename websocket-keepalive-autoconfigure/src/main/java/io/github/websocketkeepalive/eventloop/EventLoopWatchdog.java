package io.github.websocketkeepalive.eventloop;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.task.TaskFailures;

/**
 * Asks every event loop for a sign of life, from a daemon thread of its own, and catches
 * a stalled one in the act: counts it, logs the stack of its thread, and tells it from a
 * pause of the whole process, in which this thread was late itself.
 */
@Internal
public final class EventLoopWatchdog implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(EventLoopWatchdog.class);

	private static final TaskFailures failures = new TaskFailures();

	private static final long LONGEST_PERIOD = TimeUnit.MILLISECONDS.toNanos(100);

	private final Map<EventLoopMonitor, LoopCheck> probes = new ConcurrentHashMap<>();

	private final Collection<EventLoopMonitor> monitors;

	private final StallPolicy policy;

	private final Listeners<EventLoopListener> listeners;

	private final long periodNanos;

	private final Thread thread = new Thread(this::run, "websocket-keepalive-watchdog");

	private volatile boolean closed;

	/**
	 * Create a watchdog and start its thread.
	 * @param monitors the loops to watch, a live view
	 * @param policy when a loop counts as stalled
	 * @param listeners who is told
	 */
	public EventLoopWatchdog(EventLoopMonitors monitors, StallPolicy policy, Listeners<EventLoopListener> listeners) {
		this.monitors = monitors.all();
		this.policy = policy;
		this.listeners = listeners;
		this.periodNanos = Math.min(LONGEST_PERIOD, Math.max(policy.warnAfter().toNanos() / 4, 1_000_000));
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Return how many loops are stalled for longer than is to be warned of.
	 * @return the number of loops
	 */
	public long stalledLoops() {
		return this.probes.values().stream().filter((probe) -> probe.stalledNanos() > 0).count();
	}

	/**
	 * Return for how long the worst loop is stalled.
	 * @return the time, zero if none is stalled
	 */
	public Duration longestStall() {
		return Duration.ofNanos(this.probes.values().stream().mapToLong(LoopCheck::stalledNanos).max().orElse(0));
	}

	/**
	 * Return the worst lag of all loops at present: how long the last probe waited for
	 * its answer, or waits for it still.
	 * @return the time
	 */
	public Duration worstLag() {
		return Duration.ofNanos(this.probes.values().stream().mapToLong(LoopCheck::lagNanos).max().orElse(0));
	}

	/**
	 * Return whether the loops are watched.
	 * @return {@code false} once the thread has ended
	 */
	public boolean isWatching() {
		return this.thread.isAlive();
	}

	/**
	 * Return whether a loop is stalled for so long that the application is down.
	 * @return whether one is
	 */
	public boolean isDown() {
		return longestStall().compareTo(this.policy.downAfter()) >= 0;
	}

	@Override
	public void close() {
		this.closed = true;
		LockSupport.unpark(this.thread);
	}

	private void run() {
		while (!this.closed) {
			long parked = System.nanoTime();
			LockSupport.parkNanos(this.periodNanos);
			long now = System.nanoTime();
			try {
				look(now, now - parked - this.periodNanos);
			}
			catch (Throwable ex) {
				survive(ex);
			}
		}
	}

	// Where no memory is left, even a call may fail whose code was not run before.
	private static void survive(Throwable failure) {
		try {
			failures.failed("A look at the event loops", failure);
		}
		catch (Throwable ex) {
			// The next look may have more memory.
		}
	}

	private void look(long now, long late) {
		if (late >= this.policy.warnAfter().toNanos()) {
			logger.warn(
					"The whole process stood still for {} ms (garbage collection, suspension, or no processor left)",
					TimeUnit.NANOSECONDS.toMillis(late));
			this.probes.values().forEach((probe) -> probe.forgive(late));
		}
		this.monitors.removeIf(EventLoopMonitor::isShutDown);
		this.probes.keySet().retainAll(this.monitors);
		for (EventLoopMonitor monitor : this.monitors) {
			look(this.probes.computeIfAbsent(monitor, LoopCheck::new), now);
		}
	}

	private void look(LoopCheck probe, long now) {
		long waiting = now - probe.askedNanos();
		if (!probe.isAnswered()) {
			if (waiting >= this.policy.warnAfter().toNanos()) {
				stalled(probe, waiting);
			}
			return;
		}
		if (probe.stalledNanos() > 0) {
			recovered(probe);
		}
		probe.ask(now, this::answered);
	}

	private void stalled(LoopCheck probe, long nanos) {
		if (probe.stalledFor(nanos)) {
			this.listeners.tell((listener) -> listener.onStall(probe.name()));
		}
		Thread culprit = probe.thread();
		if (nanos >= this.policy.stackAfter().toNanos() && culprit != null && probe.logOnce()) {
			logger.warn("Event loop {} has been blocked for {} ms; its thread is {} at{}", culprit.getName(),
					TimeUnit.NANOSECONDS.toMillis(nanos), culprit.getState(), StackText.of(culprit));
		}
	}

	private void recovered(LoopCheck probe) {
		long millis = TimeUnit.NANOSECONDS.toMillis(probe.stalledNanos());
		if (probe.isLogged()) {
			logger.info("Event loop {} runs again after more than {} ms", probe.name(), millis);
		}
		else {
			logger.warn("Event loop {} was blocked for more than {} ms", probe.name(), millis);
		}
		probe.recovered();
	}

	private void answered(LoopCheck probe) {
		long lag = probe.answer(System.nanoTime());
		this.listeners.tell((listener) -> listener.onLag(probe.name(), lag));
	}

}
