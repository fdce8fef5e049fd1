package io.github.websocketkeepalive.stream.session;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Keeps sessions in the memory of this instance. Above the greatest number the oldest
 * gives way. Thread-safe.
 */
public final class MemorySessionStore implements SessionStore {

	private static final int MOST_SESSIONS = 10_000;

	private final Map<String, Kept> sessions = new LinkedHashMap<>();

	private final long ttlNanos;

	private final int mostSessions;

	private final LongSupplier clock;

	/**
	 * Create a store.
	 * @param ttl for how long a session is kept
	 */
	public MemorySessionStore(Duration ttl) {
		this(ttl, MOST_SESSIONS, System::nanoTime);
	}

	MemorySessionStore(Duration ttl, int mostSessions, LongSupplier clock) {
		this.ttlNanos = ttl.toNanos();
		this.mostSessions = mostSessions;
		this.clock = clock;
	}

	@Override
	public Mono<Void> save(String key, StreamSession session) {
		return Mono.fromRunnable(() -> put(key, session));
	}

	@Override
	public Mono<StreamSession> take(String key) {
		return Mono.fromSupplier(() -> remove(key));
	}

	private synchronized void put(String key, StreamSession session) {
		this.sessions.put(key, new Kept(session, this.clock.getAsLong()));
		removeOldest();
	}

	private synchronized @Nullable StreamSession remove(String key) {
		removeOldest();
		Kept kept = this.sessions.remove(key);
		return (kept != null) ? kept.session : null;
	}

	// All are kept for the same time, so the oldest expire first.
	private void removeOldest() {
		long now = this.clock.getAsLong();
		Iterator<Kept> oldest = this.sessions.values().iterator();
		while (oldest.hasNext()
				&& (now - oldest.next().since >= this.ttlNanos || this.sessions.size() > this.mostSessions)) {
			oldest.remove();
		}
	}

	private record Kept(StreamSession session, long since) {
	}

}
