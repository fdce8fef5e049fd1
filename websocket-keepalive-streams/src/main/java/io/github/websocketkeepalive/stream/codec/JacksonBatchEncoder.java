package io.github.websocketkeepalive.stream.codec;

import java.util.Arrays;
import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import tools.jackson.databind.ObjectWriter;

import io.github.websocketkeepalive.stream.protocol.EncodedItem;

/**
 * Copies what the batches of a stream begin with, and writes the offset into it.
 */
final class JacksonBatchEncoder implements BatchEncoder {

	private static final int MAX_COMPONENTS = 64;

	/**
	 * Netty copies messages up to this size when it writes them.
	 */
	private static final int SMALL_BYTES = 1024;

	private final Format format;

	private final Function<EncodedItem, byte[]> encoding;

	private final ObjectWriter writer;

	private final byte[] beforeOffset;

	private final byte[] afterOffset;

	/**
	 * Create an encoder.
	 * @param format what messages are written in
	 * @param encoding returns items in that format that are encoded already
	 * @param writer maps other items to tokens
	 * @param first a batch of offset 0 without items
	 * @param second the same batch of offset 1, which differs in one byte
	 */
	JacksonBatchEncoder(Format format, Function<EncodedItem, byte[]> encoding, ObjectWriter writer, byte[] first,
			byte[] second) {
		this.format = format;
		this.encoding = encoding;
		this.writer = writer;
		int offset = Arrays.mismatch(first, second);
		this.beforeOffset = Arrays.copyOf(first, offset);
		this.afterOffset = Arrays.copyOfRange(first, offset + 1, first.length);
	}

	@Override
	public BatchWriter begin(long offset, int expectedBytes, ByteBufAllocator allocator) {
		ByteBuf message = allocate(expectedBytes, allocator).writeBytes(this.beforeOffset);
		this.format.writeNumber(message, offset);
		message.writeBytes(this.afterOffset);
		return new JacksonBatchWriter(this.format, this.encoding, this.writer, message);
	}

	// A large one grows without being copied.
	private static ByteBuf allocate(int expectedBytes, ByteBufAllocator allocator) {
		return (expectedBytes <= SMALL_BYTES) ? allocator.buffer(expectedBytes)
				: allocator.compositeBuffer(MAX_COMPONENTS).capacity(expectedBytes);
	}

}
