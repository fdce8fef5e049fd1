package io.github.websocketkeepalive.test;

import java.util.List;

import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.listener.Listeners;

/**
 * Makes listeners of a test.
 */
public final class Listening {

	private Listening() {
	}

	/**
	 * Return listeners whose failures nobody counts.
	 */
	@SafeVarargs
	public static <T> Listeners<T> by(Class<T> type, T... listeners) {
		return new Listeners<>(type, List.of(listeners), new CallbackFailures());
	}

}
