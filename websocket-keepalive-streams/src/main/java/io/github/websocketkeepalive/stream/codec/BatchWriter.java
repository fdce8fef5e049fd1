package io.github.websocketkeepalive.stream.codec;

import io.netty.buffer.ByteBuf;

/**
 * Writes the items of a batch one by one. Not thread-safe.
 */
public interface BatchWriter {

	/**
	 * Add an item.
	 * @param item the item, an
	 * {@link io.github.websocketkeepalive.stream.protocol.EncodedItem} or anything that
	 * Jackson writes
	 * @throws RuntimeException if it cannot be encoded; the batch is as it was before
	 */
	void add(Object item);

	/**
	 * Return how many items there are.
	 * @return the number of items
	 */
	int items();

	/**
	 * Return how long the message is so far.
	 * @return its length in bytes
	 */
	int bytes();

	/**
	 * Give back what is needed only while items are added, since the next one may be long
	 * in coming.
	 */
	void pause();

	/**
	 * Complete the message; the writer must not be used any more.
	 * @return the message, owned by the caller
	 */
	ByteBuf finish();

	/**
	 * Give the message up; the writer must not be used any more.
	 */
	void release();

}
