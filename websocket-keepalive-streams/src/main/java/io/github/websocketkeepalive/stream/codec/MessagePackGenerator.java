package io.github.websocketkeepalive.stream.codec;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteCapability;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.util.JacksonFeatureSet;
import tools.jackson.core.util.JsonGeneratorDelegate;
import tools.jackson.core.util.SimpleStreamWriteContext;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Writes tokens as MessagePack. Keeps the tokens of a value until it is complete, because
 * an array and a map begin with their size. A decimal number becomes a double if nothing
 * is lost by that to a reader of JSON, and a number that has no place in 64 bits a text.
 */
final class MessagePackGenerator extends JsonGeneratorDelegate {

	private static final MessagePack.PackerConfig config = new MessagePack.PackerConfig().withBufferSize(1024);

	private static final JacksonFeatureSet<StreamWriteCapability> CAPABILITIES = JacksonFeatureSet
		.fromDefaults(StreamWriteCapability.values())
		.with(StreamWriteCapability.CAN_WRITE_BINARY_NATIVELY);

	private final ObjectWriteContext writeContext;

	private final ByteBuf message;

	private final MessageBufferPacker packer = config.newBufferPacker();

	private TokenBuffer tokens;

	/**
	 * Create a generator.
	 * @param writeContext writes values that are not tokens
	 * @param message what is appended to when values at the root are flushed
	 */
	MessagePackGenerator(ObjectWriteContext writeContext, ByteBuf message) {
		this(new TokenBuffer(writeContext, false), writeContext, message);
	}

	private MessagePackGenerator(TokenBuffer tokens, ObjectWriteContext writeContext, ByteBuf message) {
		super(tokens, false);
		this.tokens = tokens;
		this.writeContext = writeContext;
		this.message = message;
	}

	@Override
	public Object streamWriteOutputTarget() {
		return this.message;
	}

	@Override
	public JacksonFeatureSet<StreamWriteCapability> streamWriteCapabilities() {
		return CAPABILITIES;
	}

	@Override
	public JsonGenerator writeUTF8String(byte[] buffer, int offset, int length) {
		return writeString(new String(buffer, offset, length, StandardCharsets.UTF_8));
	}

	@Override
	public JsonGenerator writeNumber(String number) {
		return writeNumber(new BigDecimal(number));
	}

	/**
	 * Return how many bytes the complete values have that are not flushed.
	 * @throws StreamWriteException if one of them cannot be written
	 */
	@Override
	public int streamWriteOutputBuffered() {
		try {
			packComplete();
			this.packer.flush();
			return this.packer.getBufferSize();
		}
		catch (IOException ex) {
			throw JacksonIOException.construct(ex);
		}
	}

	/**
	 * Append what is complete. A value at the root that is not stays here.
	 */
	@Override
	public void flush() {
		try {
			packComplete();
		}
		catch (IOException ex) {
			throw JacksonIOException.construct(ex);
		}
		finally {
			this.message.writeBytes(this.packer.toByteArray());
			this.packer.clear();
		}
	}

	@Override
	public void close() {
		if (!isClosed()) {
			try {
				flush();
			}
			finally {
				super.close();
			}
		}
	}

	private void packComplete() throws IOException {
		TokenBuffer complete = this.tokens;
		if (complete.firstToken() == null || !complete.streamWriteContext().inRoot()) {
			return;
		}
		this.tokens = new TokenBuffer(this.writeContext, false);
		this.delegate = this.tokens;
		pack(complete.asParser(), sizes(complete.asParser()).iterator());
	}

	/**
	 * Check that the tokens may follow one another, and count the entries of arrays and
	 * maps.
	 * @param parser returns the tokens
	 * @return the sizes in the order in which the arrays and maps begin
	 */
	private List<Integer> sizes(JsonParser parser) {
		List<Integer> sizes = new ArrayList<>();
		Deque<Integer> open = new ArrayDeque<>();
		SimpleStreamWriteContext context = SimpleStreamWriteContext.createRootContext(null);
		@Nullable JsonToken previous = null;
		for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
			boolean expected = switch (token) {
				case PROPERTY_NAME -> context.writeName(parser.currentName());
				case END_OBJECT -> context.inObject() && previous != JsonToken.PROPERTY_NAME;
				case END_ARRAY -> context.inArray();
				default -> context.writeValue();
			};
			if (!expected) {
				throw new StreamWriteException(this, token + " is not expected here");
			}
			if (token == JsonToken.VALUE_EMBEDDED_OBJECT && !(parser.getEmbeddedObject() instanceof byte[])) {
				throw new StreamWriteException(this, "Raw JSON cannot be written as MessagePack");
			}
			if (token.isStructStart()) {
				open.push(sizes.size());
				sizes.add(0);
				context = (token == JsonToken.START_OBJECT) ? context.createChildObjectContext(null)
						: context.createChildArrayContext(null);
				streamWriteConstraints().validateNestingDepth(context.getNestingDepth());
			}
			else if (token.isStructEnd()) {
				sizes.set(open.pop(), context.getEntryCount());
				context = context.clearAndGetParent();
			}
			previous = token;
		}
		return sizes;
	}

	private void pack(JsonParser parser, Iterator<Integer> sizes) throws IOException {
		for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
			switch (token) {
				case START_OBJECT -> this.packer.packMapHeader(sizes.next());
				case START_ARRAY -> this.packer.packArrayHeader(sizes.next());
				case PROPERTY_NAME -> this.packer.packString(parser.currentName());
				case VALUE_STRING -> this.packer.packString(parser.getString());
				case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> pack(parser.getNumberValue());
				case VALUE_TRUE -> this.packer.packBoolean(true);
				case VALUE_FALSE -> this.packer.packBoolean(false);
				case VALUE_NULL -> this.packer.packNil();
				case VALUE_EMBEDDED_OBJECT -> pack((byte[]) parser.getEmbeddedObject());
				default -> {
				}
			}
		}
	}

	private void pack(byte[] bytes) throws IOException {
		this.packer.packBinaryHeader(bytes.length);
		this.packer.writePayload(bytes);
	}

	private void pack(Number number) throws IOException {
		if (number instanceof Float value) {
			this.packer.packFloat(value);
		}
		else if (number instanceof Double value) {
			this.packer.packDouble(value);
		}
		else if (number instanceof BigDecimal value) {
			pack(value);
		}
		else if (number instanceof BigInteger value) {
			pack(value);
		}
		else {
			this.packer.packLong(number.longValue());
		}
	}

	private void pack(BigDecimal number) throws IOException {
		double rounded = number.doubleValue();
		if (Double.isFinite(rounded) && BigDecimal.valueOf(rounded).compareTo(number) == 0) {
			this.packer.packDouble(rounded);
		}
		else {
			this.packer.packString(number.toString());
		}
	}

	private void pack(BigInteger number) throws IOException {
		if (number.bitLength() < Long.SIZE || number.bitLength() == Long.SIZE && number.signum() > 0) {
			this.packer.packBigInteger(number);
		}
		else {
			this.packer.packString(number.toString());
		}
	}

}
