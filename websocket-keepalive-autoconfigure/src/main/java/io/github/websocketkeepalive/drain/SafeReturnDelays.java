package io.github.websocketkeepalive.drain;

import java.util.concurrent.ThreadLocalRandom;

import io.github.websocketkeepalive.listener.CallbackFailures;

/**
 * Draws delays of the application, and within a second where that fails.
 */
final class SafeReturnDelays implements ReturnDelays {

	private static final long FALLBACK_MILLIS = 1000;

	private final ReturnDelays delays;

	private final CallbackFailures failures;

	SafeReturnDelays(ReturnDelays delays, CallbackFailures failures) {
		this.delays = delays;
		this.failures = failures;
	}

	@Override
	public long nextMillis(long clients) {
		try {
			return this.delays.nextMillis(clients);
		}
		catch (Throwable ex) {
			this.failures.failed(ReturnDelays.class, this.delays, ex);
			return ThreadLocalRandom.current().nextLong(FALLBACK_MILLIS);
		}
	}

}
