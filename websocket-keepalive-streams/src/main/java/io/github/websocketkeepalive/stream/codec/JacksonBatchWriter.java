package io.github.websocketkeepalive.stream.codec;

import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SequenceWriter;

import io.github.websocketkeepalive.stream.protocol.EncodedItem;

/**
 * Appends items to a message. Each is a value of its own to the generator, so that one
 * that fails takes only the generator with it.
 */
final class JacksonBatchWriter implements BatchWriter {

	private static final int MIN_BYTES_TO_SAVE = 1024;

	private final Format format;

	private final Function<EncodedItem, byte[]> encoding;

	private final ObjectWriter writer;

	private final ByteBuf message;

	private final int start;

	private @Nullable JsonGenerator generator;

	private @Nullable SequenceWriter sequence;

	private int items;

	private int bytes;

	/**
	 * Create a writer.
	 * @param format what the message is written in
	 * @param encoding returns items in that format that are encoded already
	 * @param writer maps other items to tokens
	 * @param message ends with an empty array in one object
	 */
	JacksonBatchWriter(Format format, Function<EncodedItem, byte[]> encoding, ObjectWriter writer, ByteBuf message) {
		this.format = format;
		this.encoding = encoding;
		this.writer = writer;
		this.message = message;
		format.openItems(message);
		this.start = message.writerIndex();
		this.bytes = length();
	}

	@Override
	public void add(Object item) {
		try {
			write(item);
			this.bytes = length();
		}
		catch (RuntimeException | Error ex) {
			closeGenerator();
			this.message.writerIndex(this.message.readerIndex() + this.bytes);
			throw ex;
		}
		this.items++;
	}

	private void write(Object item) {
		if (item instanceof EncodedItem encoded) {
			write(encoded);
		}
		else {
			SequenceWriter sequence = sequence();
			separate();
			sequence.write(item);
		}
	}

	private void write(EncodedItem item) {
		byte[] bytes = this.encoding.apply(item);
		closeGenerator();
		separate();
		this.message.writeBytes(bytes);
	}

	private void separate() {
		if (this.items == 0 || this.format.binary()) {
			return;
		}
		if (this.generator != null) {
			this.generator.writeRaw(',');
		}
		else {
			this.message.writeByte(',');
		}
	}

	private int length() {
		JsonGenerator generator = this.generator;
		return this.message.readableBytes() + ((generator != null) ? generator.streamWriteOutputBuffered() : 0);
	}

	private SequenceWriter sequence() {
		SequenceWriter sequence = this.sequence;
		if (sequence == null) {
			sequence = this.writer.writeValues(generator());
			this.sequence = sequence;
		}
		return sequence;
	}

	private JsonGenerator generator() {
		JsonGenerator generator = this.generator;
		if (generator == null) {
			generator = this.format.generator(this.message);
			this.generator = generator;
		}
		return generator;
	}

	private void closeGenerator() {
		JsonGenerator generator = this.generator;
		this.generator = null;
		this.sequence = null;
		if (generator != null) {
			try {
				generator.flush();
				generator.close();
			}
			catch (RuntimeException ex) {
				// It is in the middle of a value, which is dropped.
			}
		}
	}

	@Override
	public int items() {
		return this.items;
	}

	@Override
	public int bytes() {
		return this.bytes;
	}

	@Override
	public void pause() {
		closeGenerator();
		this.bytes = length();
	}

	@Override
	public ByteBuf finish() {
		closeGenerator();
		this.format.closeItems(this.message, this.start, this.items);
		return isMuchTooLarge() ? copy() : this.message;
	}

	// What waits in the output counts by what is in it, not by what it takes.
	private boolean isMuchTooLarge() {
		return this.message.capacity() > 2 * this.message.readableBytes() + MIN_BYTES_TO_SAVE;
	}

	private ByteBuf copy() {
		int length = this.message.readableBytes();
		try {
			return this.message.alloc().buffer(length).writeBytes(this.message);
		}
		finally {
			this.message.release();
		}
	}

	@Override
	public void release() {
		closeGenerator();
		this.message.release();
	}

}
