package io.github.websocketkeepalive.heartbeat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The eight bytes that a ping of ours carries: a prefix that no peer can guess and the
 * number of the ping. RFC 6455 section 5.5.3 makes the pong carry them back.
 */
final class PingPayload {

	private static final int LENGTH = 8;

	private PingPayload() {
	}

	static ByteBuf encode(ByteBufAllocator allocator, int prefix, int sequence) {
		return allocator.buffer(LENGTH, LENGTH).writeInt(prefix).writeInt(sequence);
	}

	/**
	 * Return the number of the ping that a payload answers.
	 * @param payload the payload of a pong, which is not consumed
	 * @param prefix the prefix of the connection
	 * @return the number, or -1 if the payload is not of this connection
	 */
	static int decode(ByteBuf payload, int prefix) {
		int index = payload.readerIndex();
		boolean ours = payload.readableBytes() == LENGTH && payload.getInt(index) == prefix;
		return ours ? payload.getInt(index + 4) : -1;
	}

}
