package io.github.websocketkeepalive.stream.codec;

import io.netty.buffer.ByteBuf;

/**
 * A format whose arrays begin with the number of their items, and whose whole numbers are
 * as long as they need to be.
 */
abstract class BinaryFormat implements Format {

	private static final long MAX_UINT_32 = 0xFFFF_FFFFL;

	private final int array32;

	private final int uint8;

	private final int maxShortNumber;

	/**
	 * Create a format.
	 * @param array32 the byte after which the number of items follows in four bytes
	 * @param uint8 the byte after which a number follows in one byte; the next ones stand
	 * before two, four and eight
	 * @param maxShortNumber the largest number that is a byte by itself
	 */
	BinaryFormat(int array32, int uint8, int maxShortNumber) {
		this.array32 = array32;
		this.uint8 = uint8;
		this.maxShortNumber = maxShortNumber;
	}

	@Override
	public final boolean binary() {
		return true;
	}

	@Override
	public final void writeNumber(ByteBuf message, long number) {
		if (number <= this.maxShortNumber) {
			message.writeByte((int) number);
		}
		else if (number <= 0xFF) {
			message.writeByte(this.uint8).writeByte((int) number);
		}
		else if (number <= 0xFFFF) {
			message.writeByte(this.uint8 + 1).writeShort((int) number);
		}
		else if (number <= MAX_UINT_32) {
			message.writeByte(this.uint8 + 2).writeInt((int) number);
		}
		else {
			message.writeByte(this.uint8 + 3).writeLong(number);
		}
	}

	@Override
	public final void openItems(ByteBuf message) {
		message.writerIndex(message.writerIndex() - 1).writeByte(this.array32).writeInt(0);
	}

	@Override
	public final void closeItems(ByteBuf message, int start, int count) {
		message.setInt(start - Integer.BYTES, count);
	}

}
