package io.github.websocketkeepalive.stream.codec.msgpack;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamReadException;

/**
 * Reads MessagePack as tokens. Believes no length that the message is too short for, and
 * takes the data of extension types as bytes. Not thread-safe.
 *
 * @see <a href="https://github.com/msgpack/msgpack/blob/master/spec.md">MessagePack</a>
 */
public final class MessagePackReader {

	private final ByteBuf message;

	private final JsonGenerator tokens;

	private final int maxDepth;

	private final int maxTokens;

	private int tokensRead;

	/**
	 * Create a reader.
	 * @param message the message, which is not released
	 * @param tokens where to write the tokens
	 * @param maxDepth how deep containers may be nested
	 * @param maxTokens how many values and names there may be
	 */
	public MessagePackReader(ByteBuf message, JsonGenerator tokens, int maxDepth, int maxTokens) {
		this.message = message;
		this.tokens = tokens;
		this.maxDepth = maxDepth;
		this.maxTokens = maxTokens;
	}

	/**
	 * Read every value that there is.
	 * @throws StreamReadException if the bytes make no sense
	 */
	public void read() {
		while (this.message.isReadable()) {
			readValue(0);
		}
	}

	private void readValue(int depth) {
		countToken();
		int code = (int) number(1);
		if (code <= 0x7F) {
			writeNumber(code);
		}
		else if (code <= 0x8F) {
			readMap(code & 0x0F, depth);
		}
		else if (code <= 0x9F) {
			readArray(code & 0x0F, depth);
		}
		else if (code <= 0xBF) {
			this.tokens.writeString(text(code & 0x1F));
		}
		else if (code >= 0xE0) {
			writeNumber((byte) code);
		}
		else {
			readCoded(code, depth);
		}
	}

	private void readCoded(int code, int depth) {
		switch (code) {
			case 0xC0 -> this.tokens.writeNull();
			case 0xC2, 0xC3 -> this.tokens.writeBoolean(code == 0xC3);
			case 0xC4, 0xC5, 0xC6 -> readBytes(number(1 << (code - 0xC4)));
			case 0xC7, 0xC8, 0xC9 -> readExtension(number(1 << (code - 0xC7)));
			case 0xCA -> this.tokens.writeNumber(Float.intBitsToFloat((int) number(4)));
			case 0xCB -> this.tokens.writeNumber(Double.longBitsToDouble(number(8)));
			case 0xCC, 0xCD, 0xCE -> writeNumber(number(1 << (code - 0xCC)));
			case 0xCF -> readUnsignedLong(number(8));
			case 0xD0 -> writeNumber((byte) number(1));
			case 0xD1 -> writeNumber((short) number(2));
			case 0xD2 -> writeNumber((int) number(4));
			case 0xD3 -> writeNumber(number(8));
			case 0xD4, 0xD5, 0xD6, 0xD7, 0xD8 -> readExtension(1 << (code - 0xD4));
			case 0xD9, 0xDA, 0xDB -> this.tokens.writeString(text(number(1 << (code - 0xD9))));
			case 0xDC, 0xDD -> readArray(number(2 << (code - 0xDC)), depth);
			case 0xDE, 0xDF -> readMap(number(2 << (code - 0xDE)), depth);
			default -> throw failure("there is no type 0x" + Integer.toHexString(code));
		}
	}

	private void readMap(long size, int depth) {
		check(2 * size, depth);
		this.tokens.writeStartObject();
		for (long i = 0; i < size; i++) {
			this.tokens.writeName(name());
			readValue(depth + 1);
		}
		this.tokens.writeEndObject();
	}

	private void readArray(long size, int depth) {
		check(size, depth);
		this.tokens.writeStartArray();
		for (long i = 0; i < size; i++) {
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

	private String name() {
		countToken();
		int code = (int) number(1);
		if (code >= 0xA0 && code <= 0xBF) {
			return text(code & 0x1F);
		}
		if (code >= 0xD9 && code <= 0xDB) {
			return text(number(1 << (code - 0xD9)));
		}
		throw failure("the keys of a map must be texts");
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

	private void readUnsignedLong(long bits) {
		if (bits >= 0) {
			writeNumber(bits);
		}
		else {
			this.tokens.writeNumber(new BigInteger(Long.toUnsignedString(bits)));
		}
	}

	private void readExtension(long length) {
		number(1);
		readBytes(length);
	}

	private void readBytes(long length) {
		checkReadable(length);
		byte[] bytes = new byte[(int) length];
		this.message.readBytes(bytes);
		this.tokens.writeEmbeddedObject(bytes);
	}

	private String text(long length) {
		checkReadable(length);
		if (!ByteBufUtil.isText(this.message, this.message.readerIndex(), (int) length, StandardCharsets.UTF_8)) {
			throw failure("a text is not UTF-8");
		}
		return this.message.readString((int) length, StandardCharsets.UTF_8);
	}

	private long number(int bytes) {
		checkReadable(bytes);
		return switch (bytes) {
			case 1 -> this.message.readUnsignedByte();
			case 2 -> this.message.readUnsignedShort();
			case 4 -> this.message.readUnsignedInt();
			default -> this.message.readLong();
		};
	}

	private void checkReadable(long bytes) {
		if (bytes > this.message.readableBytes()) {
			throw failure("it ends too early");
		}
	}

	private static StreamReadException failure(String message) {
		return new StreamReadException((JsonParser) null, message);
	}

}
