package io.github.websocketkeepalive.drain;

import io.github.websocketkeepalive.listener.CallbackFailures;

/**
 * Draws delays of the application, and none where that fails.
 */
final class SafeReturnDelays implements ReturnDelays {

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
			return 0;
		}
	}

}
