package io.github.websocketkeepalive.stream.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the fields of a frame, and leaves out those that are not known. Values become
 * what they are in JSON, whatever the application's mapper would make of them.
 */
final class FieldsReader {

	/**
	 * A value may weigh twenty times as much in memory as in the frame, and is kept for
	 * as long as its stream.
	 */
	static final int MAX_VALUES = 1000;

	private static final int MAX_DIGITS = Format.MAX_NUMBER_LENGTH;

	/**
	 * Of as many digits.
	 */
	private static final int MAX_BITS = BigInteger.TEN.pow(MAX_DIGITS).bitLength();

	private final JsonParser parser;

	private final Fields fields;

	private int values;

	private boolean forApplication;

	FieldsReader(JsonParser parser, Fields fields) {
		this.parser = parser;
		this.fields = fields;
	}

	/**
	 * Read the frame.
	 * @param known names of the fields that are kept
	 * @param items reads the items from their first token to their last, and returns what
	 * is kept of them; {@code null} where a frame has none
	 */
	void read(Set<String> known, @Nullable Function<JsonParser, @Nullable Object> items) {
		JsonToken first = this.parser.nextToken();
		if (first == null) {
			throw this.fields.failure("The frame is empty");
		}
		if (first != JsonToken.START_OBJECT) {
			throw this.fields.failure("A frame must be an object");
		}
		while (this.parser.nextToken() != JsonToken.END_OBJECT) {
			String name = this.parser.currentName();
			this.parser.nextToken();
			if (items != null && name.equals("items")) {
				this.fields.put(name, items.apply(this.parser));
			}
			else if (known.contains(name)) {
				this.forApplication = name.equals("request");
				this.fields.put(name, value(this.parser));
			}
			else {
				skipValue();
			}
		}
		if (this.parser.nextToken() != null) {
			throw this.fields.failure("There must be nothing after the frame");
		}
	}

	private void skipValue() {
		int depth = 0;
		do {
			countValue();
			JsonToken token = this.parser.currentToken();
			depth += token.isStructStart() ? 1 : 0;
			depth -= token.isStructEnd() ? 1 : 0;
		}
		while (depth > 0 && this.parser.nextToken() != null);
	}

	private void countValue() {
		if (++this.values > MAX_VALUES) {
			throw this.fields.failure("A frame may have at most " + MAX_VALUES + " values");
		}
	}

	private @Nullable Object value(JsonParser parser) {
		countValue();
		return switch (parser.currentToken()) {
			case START_OBJECT -> object(parser);
			case START_ARRAY -> array(parser);
			case VALUE_STRING -> wellFormed(parser.getString());
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
				this.forApplication ? inRange(parser.getNumberValue()) : parser.getNumberValue();
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			case VALUE_EMBEDDED_OBJECT -> parser.getEmbeddedObject();
			default -> null;
		};
	}

	private Map<String, @Nullable Object> object(JsonParser parser) {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = wellFormed(parser.currentName());
			parser.nextToken();
			object.put(name, value(parser));
		}
		return object;
	}

	/**
	 * Refuse half of a surrogate pair, which cannot be written again: JSON can escape
	 * one, and parsers of CBOR let it pass.
	 * @param text what was read
	 * @return the same text
	 */
	private String wellFormed(String text) {
		if (!Fields.isWellFormed(text)) {
			throw this.fields.failure("A text in the frame is not well-formed Unicode");
		}
		return text;
	}

	/**
	 * Refuse what JSON cannot tell or what takes no end of time to write out: numbers
	 * that are not finite, and those of thousands of digits, which an exponent makes
	 * small in a frame.
	 * @param number what was read
	 * @return the same number
	 */
	private Number inRange(Number number) {
		boolean inRange;
		if (number instanceof BigDecimal decimal) {
			inRange = Math.abs((long) decimal.scale()) <= MAX_DIGITS && decimal.precision() <= MAX_DIGITS;
		}
		else if (number instanceof BigInteger integer) {
			inRange = integer.bitLength() <= MAX_BITS;
		}
		else {
			inRange = Double.isFinite(number.doubleValue());
		}
		if (!inRange) {
			throw this.fields.failure("A number in the frame is out of range");
		}
		return number;
	}

	private List<@Nullable Object> array(JsonParser parser) {
		List<@Nullable Object> array = new ArrayList<>();
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			array.add(value(parser));
		}
		return array;
	}

}
