package io.github.websocketkeepalive.logging;

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

	private static final Open UNCHANGED = () -> {
	};

	private final String key;

	private final boolean on;

	private final Open removal;

	private MdcScope(String key, boolean on) {
		this.key = key;
		this.on = on;
		this.removal = () -> MDC.remove(key);
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
	 * Open the scope on the present thread. Creates no object unless the thread works for
	 * another connection already.
	 * @param id the id of the connection
	 * @return what closes it, on the same thread
	 */
	public Open open(String id) {
		if (!this.on) {
			return UNCHANGED;
		}
		String previous = MDC.get(this.key);
		if (id.equals(previous)) {
			return UNCHANGED;
		}
		MDC.put(this.key, id);
		return (previous != null) ? () -> MDC.put(this.key, previous) : this.removal;
	}

	/**
	 * An open scope.
	 */
	@FunctionalInterface
	public interface Open extends AutoCloseable {

		/**
		 * Restore what was in MDC before.
		 */
		@Override
		void close();

	}

}
