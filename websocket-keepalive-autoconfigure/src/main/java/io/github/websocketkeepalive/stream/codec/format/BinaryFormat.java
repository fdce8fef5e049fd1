package io.github.websocketkeepalive.stream.codec.format;

import io.netty.buffer.ByteBuf;

/**
 * A format whose arrays begin with the number of their items.
 */
abstract class BinaryFormat implements Format {

	private final int array32;

	/**
	 * Create a format.
	 * @param array32 the byte after which the number of items follows in four bytes
	 */
	BinaryFormat(int array32) {
		this.array32 = array32;
	}

	@Override
	public final boolean binary() {
		return true;
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
