package io.github.websocketkeepalive.stream.codec;

import io.netty.buffer.ByteBuf;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

/**
 * MessagePack. Loaded only where {@code msgpack-core} is there.
 */
final class MessagePackFormat extends BinaryFormat {

	private static final int ARRAY_32 = 0xDD;

	private static final int UINT_8 = 0xCC;

	private static final int MAX_SHORT_NUMBER = 0x7F;

	private final ObjectReadContext readContext;

	private final ObjectWriteContext writeContext;

	/**
	 * Create the format.
	 * @param mapper maps values to tokens
	 */
	MessagePackFormat(JsonMapper mapper) {
		super(ARRAY_32, UINT_8, MAX_SHORT_NUMBER);
		this.readContext = new MapperReadContext(mapper, CONSTRAINTS);
		this.writeContext = new MapperWriteContext(mapper);
	}

	@Override
	public String name() {
		return "MessagePack";
	}

	@Override
	public JsonParser parser(ByteBuf message) {
		return parser(message, Integer.MAX_VALUE);
	}

	@Override
	public JsonParser parser(ByteBuf message, int maxValues) {
		TokenBuffer tokens = new TokenBuffer(this.writeContext, false);
		byte[] bytes = new byte[message.readableBytes()];
		message.readBytes(bytes);
		new MessagePackReader(bytes, tokens, MAX_DEPTH, maxValues).read();
		return tokens.asParser(this.readContext);
	}

	@Override
	public JsonGenerator generator(ByteBuf message) {
		return new MessagePackGenerator(this.writeContext, message);
	}

}
