package io.github.websocketkeepalive.stream.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.stream.protocol.ServerFrame;
import io.github.websocketkeepalive.stream.session.ResumeToken;
import io.github.websocketkeepalive.stream.session.StreamSession;
import io.github.websocketkeepalive.stream.session.StreamSessions;
import io.github.websocketkeepalive.stream.session.TakenSession;

/**
 * The session of one connection, which outlives it if the client has asked for one.
 * Confined to the event loop of the connection.
 */
final class ConnectionSession {

	private final StreamSessions sessions;

	private final @Nullable String principal;

	private final @Nullable String client;

	private String id;

	private Map<String, Object> attributes = new ConcurrentHashMap<>();

	private @Nullable String key;

	private boolean begun;

	private @Nullable StreamSession last;

	/**
	 * Create a session that ends with its connection.
	 * @param sessions where sessions are kept
	 * @param principal the name of the user, if there is one
	 * @param client what stands for the address of the client, if it has one
	 * @param id the id of the session, unless it turns out to be another one
	 */
	ConnectionSession(StreamSessions sessions, @Nullable String principal, @Nullable String client, String id) {
		this.sessions = sessions;
		this.principal = principal;
		this.client = client;
		this.id = id;
	}

	Map<String, Object> attributes() {
		return this.attributes;
	}

	boolean isBegun() {
		return this.begun;
	}

	/**
	 * Begin the session that the client asks for.
	 * @param text the token that it sent, if it did
	 * @return the session of that token, or empty for a new one
	 */
	Mono<Optional<TakenSession>> begin(@Nullable String text) {
		this.begun = true;
		ResumeToken token = (text != null) ? ResumeToken.parse(text) : null;
		if (token == null) {
			return Mono.just(Optional.empty());
		}
		return this.sessions.take(token.key(this.principal), this.client)
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty());
	}

	/**
	 * Grant the session.
	 * @param found the session that is continued, if there is one
	 * @param holder the connection
	 * @return what the client is told
	 */
	ServerFrame grant(Optional<TakenSession> found, StreamSessions.Holder holder) {
		found.map(TakenSession::session).ifPresent((session) -> {
			this.id = session.id();
			this.attributes = new ConcurrentHashMap<>(session.attributes());
		});
		ResumeToken token = ResumeToken.create();
		this.key = token.key(this.principal);
		this.sessions.hold(this.key, holder);
		found.ifPresent(TakenSession::granted);
		return new ServerFrame.Session(this.id, token.text(), found.isPresent());
	}

	/**
	 * Keep the session because its connection ends.
	 * @param holder the connection
	 * @param streams the streams that the client has not got all of
	 */
	void keep(StreamSessions.Holder holder, List<StreamSession.OpenStream> streams) {
		if (this.key != null) {
			this.last = new StreamSession(this.id, this.attributes, streams);
			this.sessions.keep(this.key, holder, this.last, this.client);
		}
	}

	/**
	 * Return the session as it was when its connection ended.
	 * @return the session, or {@code null} if there was none
	 */
	@Nullable StreamSession last() {
		return this.last;
	}

}
