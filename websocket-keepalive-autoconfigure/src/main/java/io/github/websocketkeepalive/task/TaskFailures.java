package io.github.websocketkeepalive.task;

import java.util.concurrent.atomic.LongAdder;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.peer.LogLimiter;

/**
 * Logs, within a limit, and counts what tasks of ours have thrown. A task that repeats
 * catches every {@link Throwable}, gives it to this class and goes on. Thread-safe.
 */
public final class TaskFailures {

	private static final Logger logger = LoggerFactory.getLogger(TaskFailures.class);

	private static final LongAdder count = new LongAdder();

	private final LogLimiter limiter = new LogLimiter();

	/**
	 * Take note of a failure. Throws nothing, also where there is no memory to log it.
	 * @param task what has failed, one of few
	 * @param failure what it threw
	 */
	public void failed(String task, Throwable failure) {
		count.increment();
		try {
			this.limiter.log(task, (more) -> logger.error("{} has failed and goes on{}", task, more, failure));
		}
		catch (Throwable ex) {
			// Nobody is left who could be told.
		}
	}

	/**
	 * Return how often tasks of this process have failed.
	 * @return the number of failures
	 */
	public static long count() {
		return count.sum();
	}

}
