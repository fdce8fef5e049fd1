package io.github.websocketkeepalive.stream.session;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.Internal;

/**
 * Keeps sessions in the memory of this instance: 10,000 of them, as far as they fit into
 * 64 MB and into a sixteenth of the heap. Beyond that, the client that has most of it
 * loses its oldest. Thread-safe.
 */
@Internal
public final class MemorySessionStore implements SessionStore {

	private static final int MAX_SESSIONS = 10_000;

	private static final long MAX_WEIGHT = 64 * 1024 * 1024;

	private static final int PART_OF_HEAP = 16;

	/**
	 * By their keys, the oldest first.
	 */
	private final Map<String, Kept> sessions = new LinkedHashMap<>();

	private final ClientShares shares;

	private final long ttlNanos;

	private final int maxSessions;

	private final long maxWeight;

	private final LongSupplier clock;

	private long weight;

	/**
	 * Create a store.
	 * @param ttl for how long a session is kept
	 */
	public MemorySessionStore(Duration ttl) {
		this(ttl, MAX_SESSIONS, maxWeight(Runtime.getRuntime().maxMemory()), System::nanoTime);
	}

	MemorySessionStore(Duration ttl, int maxSessions, long maxWeight, LongSupplier clock) {
		this.ttlNanos = ttl.toNanos();
		this.maxSessions = maxSessions;
		this.maxWeight = maxWeight;
		this.clock = clock;
		this.shares = new ClientShares(maxWeight / maxSessions);
	}

	static long maxWeight(long maxHeap) {
		return Math.min(MAX_WEIGHT, maxHeap / PART_OF_HEAP);
	}

	@Override
	public Mono<Void> save(String key, StreamSession session) {
		return save(key, session, null);
	}

	@Override
	public Mono<Void> save(String key, StreamSession session, @Nullable String client) {
		return Mono.fromRunnable(() -> put(key, session, client, Weight.of(session)));
	}

	@Override
	public Mono<StreamSession> take(String key) {
		return Mono.fromSupplier(() -> remove(key));
	}

	private synchronized void put(String key, StreamSession session, @Nullable String client, long weight) {
		removeExpired();
		forget(key);
		this.sessions.put(key, new Kept(session, client, weight, this.clock.getAsLong()));
		this.weight += weight;
		this.shares.add(client, key, weight);
		while (this.sessions.size() > this.maxSessions || this.weight > this.maxWeight) {
			forget(this.shares.oldestOfLargest());
		}
	}

	private synchronized @Nullable StreamSession remove(String key) {
		removeExpired();
		Kept kept = forget(key);
		return (kept != null) ? kept.session : null;
	}

	private @Nullable Kept forget(String key) {
		Kept kept = this.sessions.remove(key);
		if (kept != null) {
			left(key, kept);
		}
		return kept;
	}

	private void left(String key, Kept kept) {
		this.weight -= kept.weight;
		this.shares.remove(kept.client, key, kept.weight);
	}

	// All are kept for the same time, so the oldest expire first.
	private void removeExpired() {
		long now = this.clock.getAsLong();
		Iterator<Map.Entry<String, Kept>> sessions = this.sessions.entrySet().iterator();
		while (sessions.hasNext()) {
			Map.Entry<String, Kept> oldest = sessions.next();
			if (now - oldest.getValue().since < this.ttlNanos) {
				return;
			}
			sessions.remove();
			left(oldest.getKey(), oldest.getValue());
		}
	}

	private record Kept(StreamSession session, @Nullable String client, long weight, long since) {
	}

}
