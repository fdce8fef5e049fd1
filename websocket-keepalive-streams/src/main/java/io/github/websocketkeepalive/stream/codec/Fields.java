package io.github.websocketkeepalive.stream.codec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.protocol.FrameException;

/**
 * The fields of a frame, and what is wrong with them in words for whoever wrote the peer.
 * A field that is {@code null} counts as missing.
 */
final class Fields {

	private static final int MAX_STREAM_LENGTH = 128;

	private static final int MAX_REF_LENGTH = 128;

	private static final int MAX_QUOTED_LENGTH = 40;

	private static final int REPLACEMENT = 0xFFFD;

	/**
	 * Up to here floating-point numbers are as exact as whole numbers, and all that
	 * JavaScript has.
	 */
	private static final long MAX_NUMBER = (1L << 53) - 1;

	private final Map<String, Object> values = new LinkedHashMap<>();

	private final String prefix;

	private final Map<String, Object> frame;

	Fields() {
		this.prefix = "";
		this.frame = this.values;
	}

	private Fields(String prefix, Map<String, Object> frame) {
		this.prefix = prefix;
		this.frame = frame;
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
		return (this.frame.get("stream") instanceof String stream && isName(stream, MAX_STREAM_LENGTH)) ? stream : null;
	}

	private @Nullable String refIfReadable() {
		return ("open".equals(this.frame.get("type")) && this.frame.get("ref") instanceof String ref
				&& isName(ref, MAX_REF_LENGTH)) ? ref : null;
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

	@Nullable String ref() {
		return has("ref") ? name("ref", MAX_REF_LENGTH) : null;
	}

	/**
	 * Return a text that may stand in logs.
	 * @param field the name of the field
	 * @param maxLength most characters, as UTF-16 counts them
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

	/**
	 * Return a whole number, however it is written: {@code 2}, {@code 2.0} and
	 * {@code 2e0} are the same.
	 * @param field the name of the field
	 * @param least the least number that makes sense
	 * @return the number
	 */
	long number(String field, long least) {
		if (required(field) instanceof Number number) {
			double value = number.doubleValue();
			if (value == Math.rint(value) && value >= least && value <= MAX_NUMBER) {
				return (long) value;
			}
		}
		throw wrong(field, "a whole number from " + least + " to " + MAX_NUMBER);
	}

	@Nullable Integer window() {
		return has("window") ? (int) Math.min(Integer.MAX_VALUE, number("window", 1)) : null;
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
		Fields nested = new Fields(field + ".", this.frame);
		object(field).forEach(nested::put);
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
		return new FrameException(streamIfReadable(), refIfReadable(), message);
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
