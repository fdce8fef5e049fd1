package io.github.websocketkeepalive.stream.codec;

import java.util.function.LongToIntFunction;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.util.JsonParserDelegate;

/**
 * Refuses CBOR maps whose keys are not texts: Jackson would make texts of numbers and
 * bytes.
 */
final class TextKeysParser extends JsonParserDelegate {

	private static final int MAJOR_TYPE_TEXT = 3;

	private static final int MAJOR_TYPE_SHIFT = 5;

	private final LongToIntFunction bytes;

	/**
	 * Create a parser.
	 * @param parser reads CBOR
	 * @param bytes returns the byte at an offset of what is read, without a sign
	 */
	TextKeysParser(JsonParser parser, LongToIntFunction bytes) {
		super(parser);
		this.bytes = bytes;
	}

	@Override
	public JsonToken nextToken() {
		JsonToken token = super.nextToken();
		if (token == JsonToken.PROPERTY_NAME && !isText(currentTokenLocation().getByteOffset())) {
			throw new StreamReadException((JsonParser) null, "the keys of a map must be texts");
		}
		return token;
	}

	// The parser itself would pass over keys.
	@Override
	public JsonParser skipChildren() {
		JsonToken first = currentToken();
		int depth = (first != null && first.isStructStart()) ? 1 : 0;
		while (depth > 0) {
			JsonToken token = nextToken();
			if (token.isStructStart()) {
				depth++;
			}
			else if (token.isStructEnd()) {
				depth--;
			}
		}
		return this;
	}

	private boolean isText(long offset) {
		return this.bytes.applyAsInt(offset) >> MAJOR_TYPE_SHIFT == MAJOR_TYPE_TEXT;
	}

}
