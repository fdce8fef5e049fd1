package io.github.websocketkeepalive.stream.codec;

import java.io.InputStream;
import java.io.OutputStream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORFactory;

/**
 * CBOR (RFC 8949). Loaded only where {@code jackson-dataformat-cbor} is there.
 */
final class CborFormat extends BinaryFormat {

	private static final int ARRAY_32 = 0x9A;

	private static final int UINT_8 = 0x18;

	private static final int MAX_SHORT_NUMBER = 0x17;

	// Keeps no names, because it does not limit their length.
	private final CBORFactory factory = CBORFactory.builder()
		.streamReadConstraints(CONSTRAINTS)
		.disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
		.build();

	private final ObjectReadContext readContext;

	private final ObjectWriteContext writeContext;

	/**
	 * Create the format.
	 * @param mapper maps values to tokens
	 */
	CborFormat(JsonMapper mapper) {
		super(ARRAY_32, UINT_8, MAX_SHORT_NUMBER);
		this.readContext = new MapperReadContext(mapper, CONSTRAINTS);
		this.writeContext = new MapperWriteContext(mapper);
	}

	@Override
	public String name() {
		return "CBOR";
	}

	@Override
	public JsonParser parser(ByteBuf message) {
		new CborHeads(message).check();
		int start = message.readerIndex();
		return new TextKeysParser(
				this.factory.createParser(this.readContext, (InputStream) new ByteBufInputStream(message)),
				(offset) -> message.getUnsignedByte(start + (int) offset));
	}

	@Override
	public JsonGenerator generator(ByteBuf message) {
		return this.factory.createGenerator(this.writeContext, (OutputStream) new ByteBufOutputStream(message));
	}

}
