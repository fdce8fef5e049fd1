package io.github.websocketkeepalive.logging;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Puts the id of a connection into MDC while the present thread works for it, so that
 * whatever it logs meanwhile carries the id. Scopes nest: each restores what was there
 * before. Thread-safe.
 */
public final class MdcScope {

	/**
	 * A scope that changes nothing.
	 */
	public static final MdcScope OFF = new MdcScope("", false);

	private final String key;

	private final boolean on;

	private MdcScope(String key, boolean on) {
		this.key = key;
		this.on = on;
	}

	/**
	 * Return a scope.
	 * @param key the key in MDC
	 * @return a scope that sets it
	 */
	public static MdcScope of(String key) {
		return new MdcScope(key, true);
	}

	/**
	 * Return whether this scope does anything.
	 * @return {@code false} for {@link #OFF}
	 */
	public boolean isOn() {
		return this.on;
	}

	/**
	 * Open the scope on the present thread.
	 * @param id the id of the connection
	 * @return what to give to {@link #close} on the same thread
	 */
	public @Nullable String open(String id) {
		if (!this.on) {
			return null;
		}
		String previous = MDC.get(this.key);
		MDC.put(this.key, id);
		return previous;
	}

	/**
	 * Close the scope on the present thread.
	 * @param previous what {@link #open} returned
	 */
	public void close(@Nullable String previous) {
		if (!this.on) {
			return;
		}
		if (previous != null) {
			MDC.put(this.key, previous);
		}
		else {
			MDC.remove(this.key);
		}
	}

}
