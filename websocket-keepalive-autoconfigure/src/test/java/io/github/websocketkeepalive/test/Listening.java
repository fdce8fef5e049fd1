package io.github.websocketkeepalive.test;

import java.util.ArrayList;
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
		List<T> told = new ArrayList<>();
		for (T listener : listeners) {
			told.add(listener);
		}
		return new Listeners<>(type, told, new CallbackFailures());
	}

}
