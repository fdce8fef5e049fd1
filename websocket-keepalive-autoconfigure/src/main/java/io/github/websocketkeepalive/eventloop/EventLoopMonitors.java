package io.github.websocketkeepalive.eventloop;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.netty.channel.EventLoop;

import io.github.websocketkeepalive.Internal;

/**
 * The monitors of all event loops in use: one each, started when the loop is first seen.
 * Every method may be called on any thread.
 */
@Internal
public final class EventLoopMonitors implements AutoCloseable {

	private final ConcurrentMap<EventLoop, EventLoopMonitor> monitors = new ConcurrentHashMap<>();

	private final long periodNanos;

	private volatile boolean closed;

	/**
	 * Create the monitors.
	 * @param period from one sweep of a loop to the next
	 */
	public EventLoopMonitors(Duration period) {
		this.periodNanos = period.toNanos();
	}

	/**
	 * Return the monitor of an event loop.
	 * @param eventLoop the event loop
	 * @return its monitor, started
	 */
	public EventLoopMonitor monitor(EventLoop eventLoop) {
		EventLoopMonitor monitor = this.monitors.get(eventLoop);
		if (monitor == null) {
			monitor = this.monitors.computeIfAbsent(eventLoop, this::start);
			if (this.closed) {
				monitor.stop();
			}
		}
		return monitor;
	}

	/**
	 * Return all monitors.
	 * @return a live view, from which those of loops that have ended may be removed
	 */
	Collection<EventLoopMonitor> all() {
		return this.monitors.values();
	}

	/**
	 * Return the loops that have ended though nobody shut them down: an error has ended
	 * their threads or their sweeps. The connections on them are lost, and only a new
	 * process gets them back.
	 * @return the names of their threads, in order
	 */
	public List<String> endedLoops() {
		return this.monitors.values()
			.stream()
			.filter(EventLoopMonitor::hasEnded)
			.map(EventLoopMonitor::name)
			.sorted()
			.toList();
	}

	/**
	 * Stop all sweeps. The event loops, which are not ours, go on.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.monitors.values().forEach(EventLoopMonitor::stop);
		this.monitors.clear();
	}

	private EventLoopMonitor start(EventLoop eventLoop) {
		EventLoopMonitor monitor = new EventLoopMonitor(eventLoop, this.periodNanos, eventLoop.ticker()::nanoTime);
		if (!this.closed) {
			monitor.start();
		}
		return monitor;
	}

}
