package io.github.websocketkeepalive.stream.codec;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageSizeException;
import org.msgpack.core.MessageUnpacker;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamReadException;

/**
 * Reads MessagePack as tokens. Refuses every length that the message is too short for
 * before it allocates anything, and takes the data of extension types as bytes. Not
 * thread-safe.
 */
final class MessagePackReader {

	private final int length;

	private final MessageUnpacker unpacker;

	private final JsonGenerator tokens;

	private final int maxDepth;

	private final int maxTokens;

	private int tokensRead;

	/**
	 * Create a reader.
	 * @param message the message
	 * @param tokens where to write the tokens
	 * @param maxDepth how deep containers may be nested
	 * @param maxTokens how many values and names there may be
	 */
	MessagePackReader(byte[] message, JsonGenerator tokens, int maxDepth, int maxTokens) {
		this.length = message.length;
		this.unpacker = MessagePack.newDefaultUnpacker(message);
		this.tokens = tokens;
		this.maxDepth = maxDepth;
		this.maxTokens = maxTokens;
	}

	/**
	 * Read every value that there is.
	 * @throws StreamReadException if the bytes make no sense
	 */
	void read() {
		try {
			while (this.unpacker.hasNext()) {
				readValue(0);
			}
		}
		catch (MessageInsufficientBufferException | MessageSizeException ex) {
			throw failure("it ends too early");
		}
		catch (MessagePackException ex) {
			throw failure(String.valueOf(ex.getMessage()));
		}
		catch (IOException ex) {
			throw JacksonIOException.construct(ex);
		}
	}

	private void readValue(int depth) throws IOException {
		countToken();
		MessageFormat format = this.unpacker.getNextFormat();
		switch (format) {
			case NIL -> {
				this.unpacker.unpackNil();
				this.tokens.writeNull();
			}
			case BOOLEAN -> this.tokens.writeBoolean(this.unpacker.unpackBoolean());
			case FLOAT32 -> this.tokens.writeNumber(this.unpacker.unpackFloat());
			case FLOAT64 -> this.tokens.writeNumber(this.unpacker.unpackDouble());
			case UINT64 -> writeNumber(this.unpacker.unpackBigInteger());
			case POSFIXINT, NEGFIXINT, UINT8, UINT16, UINT32, INT8, INT16, INT32, INT64 ->
				writeNumber(this.unpacker.unpackLong());
			case FIXSTR, STR8, STR16, STR32 -> this.tokens.writeString(text());
			case BIN8, BIN16, BIN32 -> this.tokens.writeEmbeddedObject(payload(this.unpacker.unpackBinaryHeader()));
			case FIXEXT1, FIXEXT2, FIXEXT4, FIXEXT8, FIXEXT16, EXT8, EXT16, EXT32 ->
				this.tokens.writeEmbeddedObject(payload(this.unpacker.unpackExtensionTypeHeader().getLength()));
			case FIXARRAY, ARRAY16, ARRAY32 -> readArray(this.unpacker.unpackArrayHeader(), depth);
			case FIXMAP, MAP16, MAP32 -> readMap(this.unpacker.unpackMapHeader(), depth);
			case NEVER_USED -> throw failure("there is no type 0xc1");
		}
	}

	private void readMap(int size, int depth) throws IOException {
		check(2L * size, depth);
		this.tokens.writeStartObject();
		for (int i = 0; i < size; i++) {
			this.tokens.writeName(name());
			readValue(depth + 1);
		}
		this.tokens.writeEndObject();
	}

	private void readArray(int size, int depth) throws IOException {
		check(size, depth);
		this.tokens.writeStartArray();
		for (int i = 0; i < size; i++) {
			readValue(depth + 1);
		}
		this.tokens.writeEndArray();
	}

	private void check(long minBytes, int depth) {
		checkReadable(minBytes);
		if (depth >= this.maxDepth) {
			throw failure("the nesting depth exceeds " + this.maxDepth);
		}
	}

	private void countToken() {
		if (this.tokensRead++ == this.maxTokens) {
			throw failure("there are more than " + this.maxTokens + " values and names");
		}
	}

	private String name() throws IOException {
		countToken();
		return switch (this.unpacker.getNextFormat()) {
			case FIXSTR, STR8, STR16, STR32 -> text();
			default -> throw failure("the keys of a map must be texts");
		};
	}

	private void writeNumber(long number) {
		// As JSON is read: whoever gets untyped values sees no difference.
		if (number == (int) number) {
			this.tokens.writeNumber((int) number);
		}
		else {
			this.tokens.writeNumber(number);
		}
	}

	private void writeNumber(BigInteger number) {
		if (number.bitLength() < Long.SIZE) {
			writeNumber(number.longValue());
		}
		else {
			this.tokens.writeNumber(number);
		}
	}

	private String text() throws IOException {
		byte[] utf8 = payload(this.unpacker.unpackRawStringHeader());
		if (!ByteBufUtil.isText(Unpooled.wrappedBuffer(utf8), StandardCharsets.UTF_8)) {
			throw failure("a text is not UTF-8");
		}
		return new String(utf8, StandardCharsets.UTF_8);
	}

	private byte[] payload(int length) throws IOException {
		checkReadable(length);
		return this.unpacker.readPayload(length);
	}

	private void checkReadable(long bytes) {
		if (bytes > this.length - this.unpacker.getTotalReadBytes()) {
			throw failure("it ends too early");
		}
	}

	private static StreamReadException failure(String message) {
		return new StreamReadException((JsonParser) null, message);
	}

}
