package io.github.websocketkeepalive.stream.session;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Keeps sessions that have lost their connection, each for a limited time. A bean of this
 * type replaces the one that keeps them in memory. Called on event loops, which must not
 * be blocked.
 */
public interface SessionStore {

	/**
	 * Keep a session.
	 * @param key the {@link ResumeToken#key(String) key} of its token
	 * @param session the session
	 * @return completes when it can be taken
	 */
	Mono<Void> save(String key, StreamSession session);

	/**
	 * Keep a session whose client is known. Streams call this method. A store that bounds
	 * what it keeps should implement it, so that no client drives out the sessions of the
	 * others, and so should a store that wraps another one. The address is not meant to
	 * be kept with the session.
	 * @param key the key of its token
	 * @param session the session
	 * @param client a key for the address of the client, the same for all addresses of
	 * one IPv6 network of 64 bits; {@code null} for a client without an IP address
	 * @return completes when it can be taken
	 */
	default Mono<Void> save(String key, StreamSession session, @Nullable String client) {
		return save(key, session);
	}

	/**
	 * Take a session, which is then kept no longer: of many who ask at once, one gets it.
	 * A store that several instances share should look again for a short time before it
	 * answers that there is none: a client may ask before the save of another instance
	 * has arrived. One instance never asks while it saves the same session.
	 * @param key the key of a token
	 * @return the session, or empty if there is none, or no longer
	 */
	Mono<StreamSession> take(String key);

}
