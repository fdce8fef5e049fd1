package io.github.websocketkeepalive.stream.codec;

import io.netty.buffer.ByteBufAllocator;

/**
 * Encodes the batches of one stream. Thread-safe.
 */
@FunctionalInterface
public interface BatchEncoder {

	/**
	 * Begin to write a batch.
	 * @param offset the offset of its first item
	 * @param expectedBytes about how large it will be
	 * @param allocator allocates the message
	 * @return the writer, to be finished or released
	 */
	BatchWriter begin(long offset, int expectedBytes, ByteBufAllocator allocator);

}
