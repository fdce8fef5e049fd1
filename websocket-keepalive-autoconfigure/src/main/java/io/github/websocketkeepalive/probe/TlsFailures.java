package io.github.websocketkeepalive.probe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells a client whose TLS handshake failed from a probe that never gets further: the
 * address of a client also sends requests. What was logged about it too quietly before
 * that was known is logged again at its own level. Remembers a bounded number of
 * addresses, those seen last.
 */
final class TlsFailures {

	private static final int MAX_CLIENTS = 1024;

	private static final int MAX_FAILED = 128;

	private static final int MAX_LINES = 4;

	private final Map<String, Boolean> clients = new LeastRecentlyUsed<>(MAX_CLIENTS);

	private final Map<String, List<Runnable>> withheld = new LeastRecentlyUsed<>(MAX_FAILED);

	/**
	 * Return whether an address is known to send requests.
	 * @param address the address
	 * @return whether a valid request came from it over TLS
	 */
	synchronized boolean isClient(String address) {
		return this.clients.get(address) != null;
	}

	/**
	 * Keep a line about a failed handshake.
	 * @param address the address of the peer
	 * @param original logs the line at its own level
	 */
	synchronized void withhold(String address, Runnable original) {
		List<Runnable> lines = this.withheld.computeIfAbsent(address, (key) -> new ArrayList<>());
		if (lines.size() == MAX_LINES) {
			lines.remove(0);
		}
		lines.add(original);
	}

	/**
	 * Note that an address sends requests, and log what was kept about it.
	 * @param address the address
	 */
	void spoken(String address) {
		List<Runnable> lines;
		synchronized (this) {
			this.clients.put(address, Boolean.TRUE);
			lines = this.withheld.isEmpty() ? null : this.withheld.remove(address);
		}
		if (lines != null) {
			lines.forEach(Runnable::run);
		}
	}

	private static final class LeastRecentlyUsed<V> extends LinkedHashMap<String, V> {

		private static final long serialVersionUID = 1L;

		private final int most;

		LeastRecentlyUsed(int most) {
			super(16, 0.75f, true);
			this.most = most;
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
			return size() > this.most;
		}

	}

}
