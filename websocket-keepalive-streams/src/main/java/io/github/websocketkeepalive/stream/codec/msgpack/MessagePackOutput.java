package io.github.websocketkeepalive.stream.codec.msgpack;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;

/**
 * Writes values in the shortest form that there is. Not thread-safe.
 *
 * @see <a href="https://github.com/msgpack/msgpack/blob/master/spec.md">MessagePack</a>
 */
final class MessagePackOutput {

	private static final int INITIAL_CAPACITY = 1024;

	/**
	 * Longer texts are encoded by the JDK, which is faster for them.
	 */
	private static final int MAX_CHARACTER_BY_CHARACTER = 64;

	private static final int MAX_FIX_STRING = 31;

	private static final int MAX_FIX_CONTAINER = 15;

	private static final int MAX_8 = 0xFF;

	private static final int MAX_16 = 0xFFFF;

	private static final long MAX_32 = 0xFFFFFFFFL;

	private byte[] bytes = new byte[INITIAL_CAPACITY];

	private int length;

	int length() {
		return this.length;
	}

	void truncate(int length) {
		this.length = length;
	}

	void moveTo(ByteBuf message) {
		message.writeBytes(this.bytes, 0, this.length);
		this.length = 0;
	}

	void writeNull() {
		write(1, 0xC0, 0);
	}

	void writeBoolean(boolean value) {
		write(1, value ? 0xC3 : 0xC2, 0);
	}

	void writeFloat(float value) {
		write(5, 0xCA, Float.floatToRawIntBits(value));
	}

	void writeDouble(double value) {
		write(9, 0xCB, Double.doubleToRawLongBits(value));
	}

	void writeLong(long value) {
		if (value >= 0) {
			writeUnsigned(value);
		}
		else if (value >= -32) {
			write(1, (int) value, 0);
		}
		else if (value >= Byte.MIN_VALUE) {
			write(2, 0xD0, value);
		}
		else if (value >= Short.MIN_VALUE) {
			write(3, 0xD1, value);
		}
		else if (value >= Integer.MIN_VALUE) {
			write(5, 0xD2, value);
		}
		else {
			write(9, 0xD3, value);
		}
	}

	private void writeUnsigned(long value) {
		if (value <= Byte.MAX_VALUE) {
			write(1, (int) value, 0);
		}
		else if (value <= MAX_8) {
			write(2, 0xCC, value);
		}
		else if (value <= MAX_16) {
			write(3, 0xCD, value);
		}
		else if (value <= MAX_32) {
			write(5, 0xCE, value);
		}
		else {
			writeUnsignedLong(value);
		}
	}

	void writeUnsignedLong(long bits) {
		write(9, 0xCF, bits);
	}

	void writeString(String text) {
		int length = text.length();
		if (length > MAX_CHARACTER_BY_CHARACTER || !writeAscii(text)) {
			byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
			writeString(utf8, 0, utf8.length);
		}
	}

	private boolean writeAscii(String text) {
		int start = this.length;
		int length = text.length();
		writeStringHeader(length);
		ensureCapacity(length);
		byte[] bytes = this.bytes;
		int next = this.length;
		for (int i = 0; i < length; i++) {
			char character = text.charAt(i);
			if (character > Byte.MAX_VALUE) {
				this.length = start;
				return false;
			}
			bytes[next++] = (byte) character;
		}
		this.length = next;
		return true;
	}

	void writeString(byte[] utf8, int offset, int length) {
		writeStringHeader(length);
		writeBytes(utf8, offset, length);
	}

	private void writeStringHeader(int length) {
		if (length <= MAX_FIX_STRING) {
			write(1, 0xA0 | length, 0);
		}
		else if (length <= MAX_8) {
			write(2, 0xD9, length);
		}
		else if (length <= MAX_16) {
			write(3, 0xDA, length);
		}
		else {
			write(5, 0xDB, length);
		}
	}

	void writeBinary(byte[] data, int offset, int length) {
		if (length <= MAX_8) {
			write(2, 0xC4, length);
		}
		else if (length <= MAX_16) {
			write(3, 0xC5, length);
		}
		else {
			write(5, 0xC6, length);
		}
		writeBytes(data, offset, length);
	}

	private void writeBytes(byte[] source, int offset, int length) {
		ensureCapacity(length);
		System.arraycopy(source, offset, this.bytes, this.length, length);
		this.length += length;
	}

	/**
	 * Leave room for the header of an array or of a map.
	 * @param expected how many entries it will have, or -1 if that is not known
	 * @return where the entries begin
	 */
	int openContainer(int expected) {
		int header = headerLength(expected);
		ensureCapacity(header);
		this.bytes[this.length] = (byte) header;
		this.length += header;
		return this.length - header;
	}

	/**
	 * Write the header of an array or of a map, and move the entries if it turned out to
	 * be longer than the room that was left.
	 * @param start what opening it returned
	 * @param count how many entries there are
	 * @param fix the first byte if it is the only one and there are none
	 * @param code the first byte if two others follow; the next is for four
	 */
	void closeContainer(int start, int count, int fix, int code) {
		int room = this.bytes[start];
		int header = Math.max(room, headerLength(count));
		int end = this.length + header - room;
		if (header > room) {
			ensureCapacity(header - room);
			System.arraycopy(this.bytes, start + room, this.bytes, start + header, this.length - start - room);
		}
		this.length = start;
		switch (header) {
			case 1 -> write(header, fix | count, 0);
			case 3 -> write(header, code, count);
			default -> write(header, code + 1, count);
		}
		this.length = end;
	}

	private static int headerLength(int count) {
		return (count <= MAX_FIX_CONTAINER) ? 1 : ((count <= MAX_16) ? 3 : 5);
	}

	/**
	 * Write a byte and the lowest bytes of a number.
	 * @param length how many bytes that is
	 * @param first the byte
	 * @param rest the number
	 */
	private void write(int length, int first, long rest) {
		ensureCapacity(length);
		this.bytes[this.length++] = (byte) first;
		for (int shift = (length - 2) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
			this.bytes[this.length++] = (byte) (rest >> shift);
		}
	}

	private void ensureCapacity(int more) {
		if (more > this.bytes.length - this.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(Math.addExact(this.length, more),
					(int) Math.min(Integer.MAX_VALUE - Byte.SIZE, this.bytes.length * 2L)));
		}
	}

}
