package io.github.websocketkeepalive.stream.codec;

import io.netty.buffer.ByteBuf;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamReadException;

/**
 * Looks through the heads of the data items of a CBOR message (RFC 8949 section 3) before
 * it is parsed. The time that Jackson's parser takes grows with the square of the number
 * of tags before a value, which it does not limit.
 */
final class CborHeads {

	/**
	 * Most tags before a value. A big number that describes itself has two.
	 */
	private static final int MAX_TAGS = 4;

	private static final int BYTE_STRING = 2;

	private static final int TEXT_STRING = 3;

	private static final int TAG = 6;

	private static final int MAJOR_TYPE_SHIFT = 5;

	private static final int ARGUMENT_MASK = 0x1F;

	private static final int ONE_BYTE_ARGUMENT = 24;

	private static final int EIGHT_BYTE_ARGUMENT = 27;

	private static final int INDEFINITE = 31;

	private final ByteBuf message;

	private int index;

	CborHeads(ByteBuf message) {
		this.message = message;
		this.index = message.readerIndex();
	}

	/**
	 * Check all heads. One that makes no sense is left to the parser.
	 * @throws StreamReadException if there are too many tags before a value
	 */
	void check() {
		int tags = 0;
		while (this.index < this.message.writerIndex()) {
			tags = isTag() ? tags + 1 : 0;
			if (tags > MAX_TAGS) {
				throw new StreamReadException((JsonParser) null,
						"there are more than " + MAX_TAGS + " tags before a value");
			}
			skipItem();
		}
	}

	private boolean isTag() {
		return this.message.getUnsignedByte(this.index) >> MAJOR_TYPE_SHIFT == TAG;
	}

	private void skipItem() {
		int head = this.message.getUnsignedByte(this.index++);
		int type = head >> MAJOR_TYPE_SHIFT;
		int information = head & ARGUMENT_MASK;
		long length = information;
		if (information >= ONE_BYTE_ARGUMENT && information <= EIGHT_BYTE_ARGUMENT) {
			length = argument(1 << (information - ONE_BYTE_ARGUMENT));
		}
		if ((type == BYTE_STRING || type == TEXT_STRING) && information != INDEFINITE) {
			skip(length);
		}
	}

	private long argument(int bytes) {
		long value = 0;
		for (int at = 0; at < bytes && this.index < this.message.writerIndex(); at++) {
			value = (value << 8) | this.message.getUnsignedByte(this.index++);
		}
		return value;
	}

	private void skip(long bytes) {
		int left = this.message.writerIndex() - this.index;
		this.index += (bytes >= 0 && bytes <= left) ? (int) bytes : left;
	}

}
