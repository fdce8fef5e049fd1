package io.github.websocketkeepalive.stream.session;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * How much of a store each client has, so that the client with the most gives way.
 * Clients whose shares have the same binary logarithm count as equal, and give way in
 * turn. Nothing here looks at every client. Not thread-safe.
 */
final class ClientShares {

	private final Map<@Nullable String, Client> clients = new HashMap<>();

	/**
	 * Those who have something, by the binary logarithm of it.
	 */
	private final NavigableMap<Integer, Set<Client>> sizes = new TreeMap<>();

	private final long unit;

	/**
	 * Create shares of nobody.
	 * @param unit what each session counts besides its weight
	 */
	ClientShares(long unit) {
		this.unit = Math.max(1, unit);
	}

	void add(@Nullable String name, String key, long weight) {
		Client client = this.clients.computeIfAbsent(name, (absent) -> new Client());
		client.keys.add(key);
		resize(client, this.unit + weight);
	}

	void remove(@Nullable String name, String key, long weight) {
		Client client = this.clients.get(name);
		if (client == null || !client.keys.remove(key)) {
			return;
		}
		resize(client, -this.unit - weight);
		if (client.keys.isEmpty()) {
			this.clients.remove(name);
		}
	}

	/**
	 * Return which session gives way. There must be one.
	 * @return the key of the oldest session of the client with the most
	 */
	String oldestOfLargest() {
		return this.sizes.lastEntry().getValue().iterator().next().keys.iterator().next();
	}

	private void resize(Client client, long change) {
		int before = size(client);
		client.share += change;
		int after = size(client);
		if (before == after && change > 0) {
			return;
		}
		Set<Client> equals = this.sizes.get(before);
		if (equals != null && equals.remove(client) && equals.isEmpty()) {
			this.sizes.remove(before);
		}
		if (after > 0) {
			this.sizes.computeIfAbsent(after, (size) -> new LinkedHashSet<>()).add(client);
		}
	}

	// 0 for nothing.
	private int size(Client client) {
		return Long.SIZE - Long.numberOfLeadingZeros(client.share / this.unit);
	}

	/**
	 * A client that has sessions, the oldest first.
	 */
	private static final class Client {

		private final Set<String> keys = new LinkedHashSet<>();

		private long share;

	}

}
