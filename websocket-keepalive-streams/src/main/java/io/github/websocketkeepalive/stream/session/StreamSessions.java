package io.github.websocketkeepalive.stream.session;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.listener.SafeMono;

/**
 * Knows which connection has which session, and keeps the sessions of those that have
 * ended. A client often comes back before its lost connection is known to be lost: that
 * one then gives the session up. A client may also come back while its session is being
 * saved or taken: it then waits until that is over. So at any time a session is in one
 * place. Thread-safe.
 */
@Internal
public final class StreamSessions {

	private static final Logger logger = LoggerFactory.getLogger(StreamSessions.class);

	/**
	 * Time for a store to answer, and for a connection to give its session up. A cold
	 * application needs seconds to connect to its store.
	 */
	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	private final ConcurrentMap<String, Place> places = new ConcurrentHashMap<>();

	private final AtomicBoolean savesFail = new AtomicBoolean();

	private final AtomicBoolean takesFail = new AtomicBoolean();

	private final SessionStore store;

	private final Duration timeout;

	/**
	 * Create sessions.
	 * @param store where they are kept while they have no connection
	 */
	public StreamSessions(SessionStore store) {
		this(store, TIMEOUT);
	}

	StreamSessions(SessionStore store, Duration timeout) {
		this.store = store;
		this.timeout = timeout;
	}

	/**
	 * Take the session of a token. Whoever gets it says whether it has
	 * {@linkplain TakenSession#granted() granted} it or
	 * {@linkplain TakenSession#putBack() puts it back}. Others who ask for it wait for
	 * that.
	 * @param key the key of the token
	 * @param client what stands for the address of who asks, or {@code null}
	 * @return the session, on any thread, or empty if there is none or if it did not come
	 * in time
	 */
	public Mono<TakenSession> take(String key, @Nullable String client) {
		return Mono.defer(() -> {
			Move move = new Move(key, client);
			Place place = this.places.putIfAbsent(key, move);
			if (place == null) {
				return move.take(takeStored(key));
			}
			if (place instanceof Move other) {
				return other.stored.asMono().filter(Boolean::booleanValue).flatMap((stored) -> take(key, client));
			}
			if (place instanceof Held held && this.places.replace(key, held, move)) {
				return move.take(held.holder.giveUpSession().timeout(this.timeout));
			}
			return take(key, client);
		});
	}

	private Mono<StreamSession> takeStored(String key) {
		return SafeMono.defer(() -> this.store.take(key))
			.timeout(this.timeout)
			.doOnSuccess((session) -> this.takesFail.set(false))
			.doOnError((ex) -> failed(this.takesFail, this.savesFail, ex));
	}

	/**
	 * Note who has a session.
	 * @param key the key of its token
	 * @param holder the connection that has it
	 */
	public void hold(String key, Holder holder) {
		this.places.put(key, new Held(holder));
	}

	/**
	 * Keep a session whose connection has ended, unless that has given it up.
	 * @param key the key of its token
	 * @param holder the connection
	 * @param session the session
	 * @param client what stands for the address of its client, or {@code null}
	 */
	public void keep(String key, Holder holder, StreamSession session, @Nullable String client) {
		Move move = new Move(key, client);
		if (this.places.replace(key, new Held(holder), move)) {
			move.save(session);
		}
	}

	// A store may go on giving sessions while it takes none, so that a take which
	// succeeds says nothing about saves.
	private static void failed(AtomicBoolean failing, AtomicBoolean others, Throwable failure) {
		if (!failing.getAndSet(true) && !others.get()) {
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

	/**
	 * Where a session is while the store does not have it.
	 */
	private sealed interface Place {

	}

	private record Held(Holder holder) implements Place {

	}

	/**
	 * A session on its way into the store or out of it.
	 */
	private final class Move implements Place {

		/**
		 * Tells at the end whether the session is worth looking for in the store.
		 */
		private final Sinks.One<Boolean> stored = Sinks.one();

		private final String key;

		private final @Nullable String client;

		private Move(String key, @Nullable String client) {
			this.key = key;
			this.client = client;
		}

		private Mono<TakenSession> take(Mono<StreamSession> source) {
			return source.map((session) -> new TakenSession(session, () -> end(false), () -> save(session)))
				.onErrorComplete()
				.switchIfEmpty(Mono.fromRunnable(() -> end(false)));
		}

		// A save that failed or took too long may have reached the store nevertheless.
		private void save(StreamSession session) {
			SafeMono.defer(() -> StreamSessions.this.store.save(this.key, session, this.client))
				.timeout(StreamSessions.this.timeout)
				.doFinally((signal) -> end(true))
				.subscribe(null, this::saveFailed, () -> StreamSessions.this.savesFail.set(false));
		}

		private void saveFailed(Throwable failure) {
			failed(StreamSessions.this.savesFail, StreamSessions.this.takesFail, failure);
		}

		private void end(boolean stored) {
			StreamSessions.this.places.remove(this.key, this);
			this.stored.tryEmitValue(stored);
		}

	}

}
