package io.github.websocketkeepalive.stream.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * Estimates what sessions and the parameters of streams weigh in memory. Clients choose
 * the parameters, so that a number of sessions or streams says nothing about that. What
 * an object weighs is what HotSpot takes for it where references have four bytes.
 */
@Internal
public final class Weight {

	/**
	 * Objects take a multiple of that.
	 */
	private static final int ALIGNMENT = 8;

	/**
	 * A number of eight bytes.
	 */
	private static final int NUMBER = 24;

	/**
	 * A {@link String}, and a {@link BigInteger}, with an empty array.
	 */
	private static final int TEXT = 40;

	private static final int BIG_INTEGER = 56;

	/**
	 * A {@link BigDecimal} of at most 18 digits.
	 */
	private static final int BIG_DECIMAL = 40;

	/**
	 * An array without its bytes.
	 */
	private static final int ARRAY = 16;

	private static final int LIST = 24;

	/**
	 * The array of a list that has anything, and what each element needs of it.
	 */
	private static final int ELEMENTS = 56;

	private static final int ELEMENT = 6;

	private static final int MAP = 56;

	/**
	 * The table of a map that has anything, and what each entry needs besides its key and
	 * its value.
	 */
	private static final int ENTRIES = 80;

	private static final int ENTRY = 48;

	/**
	 * A stream with its position and its window.
	 */
	private static final int STREAM = 96;

	/**
	 * A session with its key, and all that a store has for it.
	 */
	private static final int SESSION = 640;

	private Weight() {
	}

	/**
	 * Return the weight of a session.
	 * @param session the session
	 * @return about how many bytes it takes in a store, of which none are those of the
	 * attributes, which are the application's
	 */
	static long of(StreamSession session) {
		return SESSION + of(session.id()) + session.streams().stream().mapToLong(Weight::ofStream).sum();
	}

	private static long ofStream(StreamSession.OpenStream stream) {
		return STREAM + of(stream.stream()) + of(stream.ref()) + of(stream.source()) + of(stream.request())
				+ ((stream.position() != null) ? of(stream.position().epoch()) : 0);
	}

	/**
	 * Return the weight of a value that JSON can tell.
	 * @param value the value
	 * @return about how many bytes it takes
	 */
	public static long of(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			return map.isEmpty() ? MAP : MAP + ENTRIES + ofEntries(map);
		}
		if (value instanceof Collection<?> list) {
			return list.isEmpty() ? LIST
					: LIST + ELEMENTS + list.stream().mapToLong((element) -> ELEMENT + of(element)).sum();
		}
		if (value instanceof String text) {
			return aligned(TEXT + 2L * text.length());
		}
		if (value instanceof byte[] bytes) {
			return aligned(ARRAY + bytes.length);
		}
		// There is one of each of the others: true, false and null.
		return (value instanceof Number number) ? ofNumber(number) : 0;
	}

	private static long ofEntries(Map<?, ?> map) {
		return map.entrySet().stream().mapToLong((entry) -> ENTRY + of(entry.getKey()) + of(entry.getValue())).sum();
	}

	private static long ofNumber(Number number) {
		if (number instanceof BigInteger integer) {
			return aligned(BIG_INTEGER + Integer.BYTES + integer.bitLength() / Byte.SIZE);
		}
		if (number instanceof BigDecimal decimal) {
			BigInteger digits = decimal.unscaledValue();
			return (digits.bitLength() < Long.SIZE) ? BIG_DECIMAL : BIG_DECIMAL + of(digits);
		}
		return NUMBER;
	}

	private static long aligned(long bytes) {
		return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	}

}
