package io.github.websocketkeepalive.stream.codec.msgpack;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.util.SimpleStreamWriteContext;

/**
 * Writes tokens as MessagePack. A decimal number becomes a double if nothing is lost by
 * that to a reader of JSON, and a number that has no place in 64 bits a text.
 */
public final class MessagePackGenerator extends BinaryGenerator {

	private static final int LONG_BITS = Long.SIZE;

	/**
	 * From so many bytes on they are appended before the next value at the root.
	 */
	private static final int MOST_BUFFERED = 8000;

	private final MessagePackOutput output = new MessagePackOutput();

	private final ByteBuf message;

	/**
	 * Where the containers begin that are open, from the outermost on.
	 */
	private int[] starts = new int[8];

	/**
	 * Create a generator.
	 * @param writeContext writes values that are not tokens
	 * @param message what is appended to when values at the root are flushed
	 */
	public MessagePackGenerator(ObjectWriteContext writeContext, ByteBuf message) {
		super(writeContext, message);
		this.message = message;
	}

	@Override
	public JsonGenerator writeStartArray() {
		return writeStartArray(null, -1);
	}

	@Override
	public JsonGenerator writeStartArray(@Nullable Object value) {
		return writeStartArray(value, -1);
	}

	@Override
	public JsonGenerator writeStartArray(@Nullable Object value, int size) {
		_verifyValueWrite("start an array");
		open(this.context.createChildArrayContext(value), size);
		return this;
	}

	@Override
	public JsonGenerator writeEndArray() {
		if (!this.context.inArray()) {
			throw new StreamWriteException(this, "There is no array to end");
		}
		close(0x90, 0xDC);
		return this;
	}

	@Override
	public JsonGenerator writeStartObject() {
		return writeStartObject(null, -1);
	}

	@Override
	public JsonGenerator writeStartObject(@Nullable Object value) {
		return writeStartObject(value, -1);
	}

	@Override
	public JsonGenerator writeStartObject(@Nullable Object value, int size) {
		_verifyValueWrite("start an object");
		open(this.context.createChildObjectContext(value), size);
		return this;
	}

	@Override
	public JsonGenerator writeEndObject() {
		if (!this.context.inObject()) {
			throw new StreamWriteException(this, "There is no object to end");
		}
		close(0x80, 0xDE);
		return this;
	}

	private void open(SimpleStreamWriteContext child, int size) {
		int depth = child.getNestingDepth();
		streamWriteConstraints().validateNestingDepth(depth);
		if (depth >= this.starts.length) {
			this.starts = Arrays.copyOf(this.starts, 2 * this.starts.length);
		}
		this.starts[depth] = this.output.openContainer(size);
		this.context = child;
	}

	private void close(int fix, int code) {
		int start = this.starts[this.context.getNestingDepth()];
		this.output.closeContainer(start, this.context.getEntryCount(), fix, code);
		this.context = this.context.clearAndGetParent();
	}

	@Override
	public JsonGenerator writeName(String name) {
		beginName(name);
		this.output.writeString(name);
		return this;
	}

	@Override
	public JsonGenerator writeName(SerializableString name) {
		beginName(name.getValue());
		byte[] utf8 = name.asUnquotedUTF8();
		this.output.writeString(utf8, 0, utf8.length);
		return this;
	}

	@Override
	public JsonGenerator writePropertyId(long id) {
		return writeName(Long.toString(id));
	}

	private void beginName(String name) {
		if (!this.context.writeName(name)) {
			throw new StreamWriteException(this, "A value is expected, not the name of a property");
		}
	}

	@Override
	public JsonGenerator writeString(@Nullable String text) {
		if (text == null) {
			return writeNull();
		}
		_verifyValueWrite(WRITE_STRING);
		this.output.writeString(text);
		return this;
	}

	@Override
	public JsonGenerator writeString(char[] buffer, int offset, int length) {
		return writeString(new String(buffer, offset, length));
	}

	@Override
	public JsonGenerator writeUTF8String(byte[] buffer, int offset, int length) {
		_verifyValueWrite(WRITE_STRING);
		this.output.writeString(buffer, offset, length);
		return this;
	}

	@Override
	public JsonGenerator writeBinary(Base64Variant variant, byte[] data, int offset, int length) {
		_verifyValueWrite(WRITE_BINARY);
		this.output.writeBinary(data, offset, length);
		return this;
	}

	@Override
	public JsonGenerator writeNumber(short number) {
		return writeNumber((long) number);
	}

	@Override
	public JsonGenerator writeNumber(int number) {
		return writeNumber((long) number);
	}

	@Override
	public JsonGenerator writeNumber(long number) {
		_verifyValueWrite(WRITE_NUMBER);
		this.output.writeLong(number);
		return this;
	}

	@Override
	public JsonGenerator writeNumber(@Nullable BigInteger number) {
		if (number == null) {
			return writeNull();
		}
		if (number.bitLength() < LONG_BITS) {
			return writeNumber(number.longValue());
		}
		if (number.signum() < 0 || number.bitLength() > LONG_BITS) {
			return writeString(number.toString());
		}
		_verifyValueWrite(WRITE_NUMBER);
		this.output.writeUnsignedLong(number.longValue());
		return this;
	}

	@Override
	public JsonGenerator writeNumber(double number) {
		_verifyValueWrite(WRITE_NUMBER);
		this.output.writeDouble(number);
		return this;
	}

	@Override
	public JsonGenerator writeNumber(float number) {
		_verifyValueWrite(WRITE_NUMBER);
		this.output.writeFloat(number);
		return this;
	}

	@Override
	public JsonGenerator writeNumber(@Nullable BigDecimal number) {
		if (number == null) {
			return writeNull();
		}
		double rounded = number.doubleValue();
		if (Double.isFinite(rounded) && BigDecimal.valueOf(rounded).compareTo(number) == 0) {
			return writeNumber(rounded);
		}
		return writeString(number.toString());
	}

	@Override
	public JsonGenerator writeNumber(String number) {
		return writeNumber(new BigDecimal(number));
	}

	@Override
	public JsonGenerator writeBoolean(boolean value) {
		_verifyValueWrite(WRITE_BOOLEAN);
		this.output.writeBoolean(value);
		return this;
	}

	@Override
	public JsonGenerator writeNull() {
		_verifyValueWrite(WRITE_NULL);
		this.output.writeNull();
		return this;
	}

	@Override
	protected void _verifyValueWrite(String what) {
		super._verifyValueWrite(what);
		if (this.output.length() >= MOST_BUFFERED) {
			flush();
		}
	}

	@Override
	public int streamWriteOutputBuffered() {
		return this.output.length();
	}

	/**
	 * Append what is complete. A value at the root that is not stays here.
	 */
	@Override
	public void flush() {
		if (this.context.inRoot()) {
			this.output.moveTo(this.message);
		}
	}

	@Override
	protected void _closeInput() {
		if (!this.context.inRoot()) {
			this.output.truncate(this.starts[1]);
		}
		this.output.moveTo(this.message);
	}

}
