package io.github.websocketkeepalive.stream.session;

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Estimates what a session weighs in memory. Clients choose the parameters of their
 * streams, so that a number of sessions says nothing about that.
 */
final class Weight {

	private static final int OBJECT = 64;

	private Weight() {
	}

	/**
	 * Return the weight of a session.
	 * @param session the session
	 * @return about how many bytes it takes, of which none are those of the attributes,
	 * which are the application's
	 */
	static long of(StreamSession session) {
		return OBJECT + session.streams().stream().mapToLong((stream) -> 4 * OBJECT + of(stream.request())).sum();
	}

	private static long of(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			return OBJECT
					+ map.entrySet().stream().mapToLong((entry) -> of(entry.getKey()) + of(entry.getValue())).sum();
		}
		if (value instanceof Collection<?> collection) {
			return OBJECT + collection.stream().mapToLong(Weight::of).sum();
		}
		if (value instanceof String text) {
			return OBJECT + 2L * text.length();
		}
		return (value instanceof byte[] bytes) ? OBJECT + bytes.length : OBJECT;
	}

}
