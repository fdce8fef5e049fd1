package io.github.websocketkeepalive.stream.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Knows which connection has which session, and keeps the sessions of those that have
 * ended. A client often comes back before its lost connection is known to be lost: that
 * one then gives the session up. Thread-safe.
 */
public final class StreamSessions {

	private static final Logger logger = LoggerFactory.getLogger(StreamSessions.class);

	private final ConcurrentMap<String, Holder> holders = new ConcurrentHashMap<>();

	private final AtomicBoolean failing = new AtomicBoolean();

	private final SessionStore store;

	/**
	 * Create sessions.
	 * @param store where they are kept while they have no connection
	 */
	public StreamSessions(SessionStore store) {
		this.store = store;
	}

	/**
	 * Take the session of a token, which is then of no use any more.
	 * @param key the key of the token
	 * @return the session, or empty if there is none
	 */
	public Mono<StreamSession> take(String key) {
		Holder holder = this.holders.remove(key);
		return ((holder != null) ? holder.giveUpSession() : takeStored(key)).onErrorComplete();
	}

	private Mono<StreamSession> takeStored(String key) {
		return Mono.defer(() -> this.store.take(key))
			.doOnSuccess((session) -> this.failing.set(false))
			.doOnError(this::failed);
	}

	/**
	 * Note who has a session.
	 * @param key the key of its token
	 * @param holder the connection that has it
	 */
	public void hold(String key, Holder holder) {
		this.holders.put(key, holder);
	}

	/**
	 * Keep a session whose connection has ended, unless that has given it up.
	 * @param key the key of its token
	 * @param holder the connection
	 * @param session the session
	 */
	public void keep(String key, Holder holder, StreamSession session) {
		if (this.holders.remove(key, holder)) {
			keep(key, session);
		}
	}

	/**
	 * Keep a session that has no connection.
	 * @param key the key of its token
	 * @param session the session
	 */
	public void keep(String key, StreamSession session) {
		Mono.defer(() -> this.store.save(key, session)).subscribe(null, this::failed, () -> this.failing.set(false));
	}

	private void failed(Throwable failure) {
		if (!this.failing.getAndSet(true)) {
			logger.warn("Sessions of streams cannot be kept at present", failure);
		}
	}

	/**
	 * A connection that has a session.
	 */
	public interface Holder {

		/**
		 * Give the session up to another connection of the same client, and end. May be
		 * called on any thread.
		 * @return the session
		 */
		Mono<StreamSession> giveUpSession();

	}

}
