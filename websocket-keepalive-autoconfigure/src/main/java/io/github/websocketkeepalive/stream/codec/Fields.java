package io.github.websocketkeepalive.stream.codec;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.frame.FrameException;

/**
 * The fields of a frame, and what is wrong with them in words for whoever wrote the peer.
 * A field that is {@code null} counts as missing.
 */
final class Fields {

	private static final int MAX_STREAM_LENGTH = 128;

	private static final int MAX_QUOTED_LENGTH = 40;

	private static final int REPLACEMENT = 0xFFFD;

	/**
	 * Up to here a floating-point number is as exact as a whole number. Some encoders for
	 * JavaScript write large whole numbers so.
	 */
	private static final double MAX_EXACT_DOUBLE = 0x1p53;

	private final Map<String, Object> values = new LinkedHashMap<>();

	private final String prefix;

	private final boolean binary;

	/**
	 * Create fields without any.
	 * @param binary whether they come from a format in which whole numbers may be written
	 * as floating-point numbers
	 */
	Fields(boolean binary) {
		this("", binary);
	}

	private Fields(String prefix, boolean binary) {
		this.prefix = prefix;
		this.binary = binary;
	}

	Map<String, Object> values() {
		return this.values;
	}

	Fields put(String name, @Nullable Object value) {
		if (value != null) {
			this.values.put(name, value);
		}
		return this;
	}

	/**
	 * Return the stream that the frame names.
	 * @return the stream, or {@code null} if it cannot be read
	 */
	@Nullable String streamIfReadable() {
		return (this.values.get("stream") instanceof String stream && isName(stream, MAX_STREAM_LENGTH)) ? stream
				: null;
	}

	/**
	 * Return whether it is known already that the frame is a batch, and of which stream.
	 * @return whether items can be read
	 */
	boolean isBatch() {
		return "batch".equals(this.values.get("type")) && streamIfReadable() != null;
	}

	String stream() {
		return name("stream", MAX_STREAM_LENGTH);
	}

	/**
	 * Return a text that may stand in logs.
	 * @param field the name of the field
	 * @param maxLength most characters
	 * @return the text
	 */
	String name(String field, int maxLength) {
		if (required(field) instanceof String text && isName(text, maxLength)) {
			return text;
		}
		throw wrong(field, "a text of 1 to " + maxLength + " characters without control characters");
	}

	String text(String field) {
		if (required(field) instanceof String text) {
			return text;
		}
		throw wrong(field, "a text");
	}

	@Nullable String optionalText(String field) {
		return has(field) ? text(field) : null;
	}

	long number(String field, long least) {
		Object value = required(field);
		if (this.binary && (value instanceof Double || value instanceof Float)) {
			value = exact(((Number) value).doubleValue());
		}
		if (value instanceof BigInteger number && number.signum() > 0) {
			throw failure("'" + this.prefix + field + "' is too large: " + quoted(number));
		}
		if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= least) {
			return ((Number) value).longValue();
		}
		throw wrong(field, "a whole number of at least " + least);
	}

	private static Object exact(double number) {
		if (number == Math.rint(number) && Math.abs(number) <= MAX_EXACT_DOUBLE) {
			return (long) number;
		}
		return number;
	}

	boolean flag(String field) {
		if (required(field) instanceof Boolean flag) {
			return flag;
		}
		throw wrong(field, "true or false");
	}

	Map<String, Object> object(String field) {
		Object value = this.values.getOrDefault(field, Map.of());
		if (value instanceof Map<?, ?>) {
			@SuppressWarnings("unchecked")
			Map<String, Object> object = (Map<String, Object>) value;
			return object;
		}
		throw wrong(field, "an object");
	}

	/**
	 * Return the fields of an object in the frame.
	 * @param field the name of the field
	 * @return its fields
	 */
	Fields nested(String field) {
		Fields nested = new Fields(field + ".", this.binary);
		object(field).forEach(nested::put);
		nested.put("stream", this.values.get("stream"));
		return nested;
	}

	boolean has(String field) {
		return this.values.containsKey(field);
	}

	Object required(String field) {
		Object value = this.values.get(field);
		if (value == null) {
			throw failure("'" + this.prefix + field + "' is missing");
		}
		return value;
	}

	FrameException wrong(String field, String expected) {
		return failure("'" + this.prefix + field + "' must be " + expected + ", not " + quoted(this.values.get(field)));
	}

	FrameException failure(String message) {
		return new FrameException(streamIfReadable(), message);
	}

	private static boolean isName(String text, int maxLength) {
		return !text.isEmpty() && text.length() <= maxLength && !hasControl(text);
	}

	// Loops, since a stream of characters costs more than the rest of an acknowledgement.
	private static boolean hasControl(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isISOControl(text.charAt(i))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return what a text says as far as it is well-formed: it could not be sent
	 * otherwise.
	 * @param text the text
	 * @return the text, in which U+FFFD stands for each surrogate that has no other half
	 */
	static String wellFormed(String text) {
		if (isWellFormed(text)) {
			return text;
		}
		StringBuilder wellFormed = new StringBuilder(text.length());
		text.codePoints()
			.map((character) -> isSurrogate(character) ? REPLACEMENT : character)
			.forEach(wellFormed::appendCodePoint);
		return wellFormed.toString();
	}

	static boolean isWellFormed(String text) {
		int codePoint;
		for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
			codePoint = text.codePointAt(i);
			if (isSurrogate(codePoint)) {
				return false;
			}
		}
		return true;
	}

	private static boolean isSurrogate(int codePoint) {
		return Character.getType(codePoint) == Character.SURROGATE;
	}

	private static String quoted(@Nullable Object value) {
		if (value instanceof Map) {
			return "an object";
		}
		if (value instanceof List) {
			return "an array";
		}
		if (value instanceof byte[]) {
			return "bytes";
		}
		String text = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
		if (text.codePointCount(0, text.length()) > MAX_QUOTED_LENGTH) {
			text = text.substring(0, text.offsetByCodePoints(0, MAX_QUOTED_LENGTH)) + "…";
		}
		return (value instanceof String) ? '"' + text + '"' : text;
	}

}
