package io.github.websocketkeepalive.stream.codec;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.databind.util.TokenBuffer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random values are written with the same bytes that {@code msgpack-core} writes for
 * them, and the bytes that it writes are read as the same values.
 */
class MessagePackGeneratorModelTests {

	private static final int VALUES = 1000;

	private final RandomValues values = new RandomValues(7);

	@Test
	void theReferenceWritesTheSameBytes() throws IOException {
		for (int i = 0; i < VALUES; i++) {
			Object value = this.values.next();
			assertThat(written(value, i % 2 == 0)).as("value %s", i).isEqualTo(packed(value));
		}
	}

	@Test
	void whatTheReferenceWroteIsRead() throws IOException {
		for (int i = 0; i < VALUES; i++) {
			byte[] bytes = packed(this.values.next());
			TokenBuffer tokens = new TokenBuffer(ObjectWriteContext.empty(), false);
			new MessagePackReader(bytes, tokens, 64, Integer.MAX_VALUE).read();
			ByteBuf message = Unpooled.buffer();
			try (MessagePackGenerator generator = new MessagePackGenerator(ObjectWriteContext.empty(), message)) {
				tokens.serialize(generator);
			}
			assertThat(ByteBufUtil.getBytes(message)).as("value %s", i).isEqualTo(bytes);
		}
	}

	private static byte[] written(@Nullable Object value, boolean sizesAreKnown) {
		ByteBuf message = Unpooled.buffer();
		try (MessagePackGenerator generator = new MessagePackGenerator(ObjectWriteContext.empty(), message)) {
			write(generator, value, sizesAreKnown);
		}
		return ByteBufUtil.getBytes(message);
	}

	private static void write(MessagePackGenerator generator, @Nullable Object value, boolean sizesAreKnown) {
		if (value instanceof Map<?, ?> map) {
			generator.writeStartObject(map, sizesAreKnown ? map.size() : -1);
			map.forEach((name, entry) -> {
				generator.writeName((String) name);
				write(generator, entry, sizesAreKnown);
			});
			generator.writeEndObject();
		}
		else if (value instanceof List<?> list) {
			generator.writeStartArray(list, sizesAreKnown ? list.size() : -1);
			list.forEach((entry) -> write(generator, entry, sizesAreKnown));
			generator.writeEndArray();
		}
		else if (value instanceof String text) {
			generator.writeString(text);
		}
		else if (value instanceof Long number) {
			generator.writeNumber(number);
		}
		else if (value instanceof Integer number) {
			generator.writeNumber(number);
		}
		else if (value instanceof Double number) {
			generator.writeNumber(number);
		}
		else if (value instanceof Float number) {
			generator.writeNumber(number);
		}
		else if (value instanceof Boolean flag) {
			generator.writeBoolean(flag);
		}
		else if (value instanceof byte[] bytes) {
			generator.writeBinary(bytes);
		}
		else {
			generator.writeNull();
		}
	}

	private static byte[] packed(@Nullable Object value) throws IOException {
		try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
			pack(packer, value);
			return packer.toByteArray();
		}
	}

	private static void pack(MessageBufferPacker packer, @Nullable Object value) throws IOException {
		if (value instanceof Map<?, ?> map) {
			packer.packMapHeader(map.size());
			for (Map.Entry<?, ?> entry : map.entrySet()) {
				packer.packString((String) entry.getKey());
				pack(packer, entry.getValue());
			}
		}
		else if (value instanceof List<?> list) {
			packer.packArrayHeader(list.size());
			for (Object entry : list) {
				pack(packer, entry);
			}
		}
		else if (value instanceof String text) {
			packer.packString(text);
		}
		else if (value instanceof Long number) {
			packer.packLong(number);
		}
		else if (value instanceof Integer number) {
			packer.packInt(number);
		}
		else if (value instanceof Double number) {
			packer.packDouble(number);
		}
		else if (value instanceof Float number) {
			packer.packFloat(number);
		}
		else if (value instanceof Boolean flag) {
			packer.packBoolean(flag);
		}
		else if (value instanceof byte[] bytes) {
			packer.packBinaryHeader(bytes.length);
			packer.writePayload(bytes);
		}
		else {
			packer.packNil();
		}
	}

}
