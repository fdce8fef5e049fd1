package io.github.websocketkeepalive.stream.session;

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Estimates what sessions and the parameters of streams weigh in memory. Clients choose
 * the parameters, so that a number of sessions or streams says nothing about that.
 */
public final class Weight {

	private static final int OBJECT = 32;

	private Weight() {
	}

	/**
	 * Return the weight of a session.
	 * @param session the session
	 * @return about how many bytes it takes, of which none are those of the attributes,
	 * which are the application's
	 */
	static long of(StreamSession session) {
		return 2 * OBJECT + session.streams().stream().mapToLong((stream) -> 8 * OBJECT + of(stream.request())).sum();
	}

	/**
	 * Return the weight of a value that JSON can tell.
	 * @param value the value
	 * @return about how many bytes it takes
	 */
	public static long of(@Nullable Object value) {
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
