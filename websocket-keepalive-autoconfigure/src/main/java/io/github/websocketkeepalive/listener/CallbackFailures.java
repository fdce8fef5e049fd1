package io.github.websocketkeepalive.listener;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.peer.LogLimiter;

/**
 * What callbacks of the application have thrown: counted for each type of callback, and
 * logged within a limit. Thread-safe.
 */
public final class CallbackFailures {

	private static final Logger logger = LoggerFactory.getLogger(CallbackFailures.class);

	private final ConcurrentMap<Class<?>, LongAdder> counts = new ConcurrentHashMap<>();

	private final LogLimiter limiter = new LogLimiter();

	/**
	 * Take note of a failure. Throws nothing, also where there is no memory to log it.
	 * @param type the type of the callback
	 * @param callback what has failed
	 * @param failure what it threw
	 */
	public void failed(Class<?> type, Object callback, Throwable failure) {
		try {
			this.counts.computeIfAbsent(type, (key) -> new LongAdder()).increment();
			String name = callback.getClass().getName();
			this.limiter.log(name,
					(more) -> logger.warn("The {} {} has failed{}", type.getSimpleName(), name, more, failure));
		}
		catch (Throwable ex) {
			// Nobody is left who could be told.
		}
	}

	/**
	 * Return how often callbacks of a type have failed.
	 * @param type the type of the callbacks
	 * @return the number of failures
	 */
	public long count(Class<?> type) {
		LongAdder count = this.counts.get(type);
		return (count != null) ? count.sum() : 0;
	}

}
