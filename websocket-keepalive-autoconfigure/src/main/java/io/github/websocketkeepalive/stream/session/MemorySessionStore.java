package io.github.websocketkeepalive.stream.session;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Keeps sessions in the memory of this instance: 10,000 of them, as far as they fit into
 * 64 MB and into a sixteenth of the heap. Beyond that the oldest give way. Thread-safe.
 */
public final class MemorySessionStore implements SessionStore {

	private static final int MOST_SESSIONS = 10_000;

	private static final long MOST_WEIGHT = 64 * 1024 * 1024;

	private static final int PART_OF_HEAP = 16;

	private final Map<String, Kept> sessions = new LinkedHashMap<>();

	private final long ttlNanos;

	private final int mostSessions;

	private final long mostWeight;

	private final LongSupplier clock;

	private long weight;

	/**
	 * Create a store.
	 * @param ttl for how long a session is kept
	 */
	public MemorySessionStore(Duration ttl) {
		this(ttl, MOST_SESSIONS, mostWeight(Runtime.getRuntime().maxMemory()), System::nanoTime);
	}

	MemorySessionStore(Duration ttl, int mostSessions, long mostWeight, LongSupplier clock) {
		this.ttlNanos = ttl.toNanos();
		this.mostSessions = mostSessions;
		this.mostWeight = mostWeight;
		this.clock = clock;
	}

	static long mostWeight(long maxHeap) {
		return Math.min(MOST_WEIGHT, maxHeap / PART_OF_HEAP);
	}

	@Override
	public Mono<Void> save(String key, StreamSession session) {
		return Mono.fromRunnable(() -> put(key, session));
	}

	@Override
	public Mono<StreamSession> take(String key) {
		return Mono.fromSupplier(() -> remove(key));
	}

	private void put(String key, StreamSession session) {
		put(key, session, Weight.of(session));
	}

	private synchronized void put(String key, StreamSession session, long weight) {
		remove(key);
		Kept kept = new Kept(session, weight, this.clock.getAsLong());
		this.sessions.put(key, kept);
		this.weight += kept.weight;
		removeOldest();
	}

	private synchronized @Nullable StreamSession remove(String key) {
		removeOldest();
		Kept kept = this.sessions.remove(key);
		if (kept == null) {
			return null;
		}
		this.weight -= kept.weight;
		return kept.session;
	}

	// All are kept for the same time, so the oldest expire first.
	private void removeOldest() {
		long now = this.clock.getAsLong();
		Iterator<Kept> sessions = this.sessions.values().iterator();
		while (sessions.hasNext()) {
			Kept oldest = sessions.next();
			if (now - oldest.since < this.ttlNanos && this.sessions.size() <= this.mostSessions
					&& this.weight <= this.mostWeight) {
				return;
			}
			sessions.remove();
			this.weight -= oldest.weight;
		}
	}

	private record Kept(StreamSession session, long weight, long since) {
	}

}
