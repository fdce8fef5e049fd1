package io.github.websocketkeepalive.stream.codec;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON (RFC 8259) as the application's mapper writes it, without white space.
 */
final class JsonFormat implements Format {

	private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

	private static final StreamReadConstraints UNLIMITED = StreamReadConstraints.builder()
		.maxNestingDepth(Integer.MAX_VALUE)
		.maxStringLength(Integer.MAX_VALUE)
		.maxNumberLength(Integer.MAX_VALUE)
		.maxNameLength(Integer.MAX_VALUE)
		.build();

	private final JsonFactory factory = JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build();

	private final JsonFactory unlimitedFactory = JsonFactory.builder().streamReadConstraints(UNLIMITED).build();

	private final ObjectReadContext readContext;

	private final ObjectWriter writer;

	/**
	 * Create the format.
	 * @param mapper tells how JSON is written
	 */
	JsonFormat(JsonMapper mapper) {
		this.readContext = new MapperReadContext(mapper, CONSTRAINTS);
		this.writer = mapper.writer()
			.with((PrettyPrinter) null)
			.without(SerializationFeature.INDENT_OUTPUT)
			.withRootValueSeparator("");
	}

	@Override
	public String name() {
		return "JSON";
	}

	@Override
	public boolean binary() {
		return false;
	}

	@Override
	public JsonParser parser(ByteBuf message) {
		return this.factory.createParser(this.readContext, (InputStream) new ByteBufInputStream(message));
	}

	/**
	 * Read an item that this side has encoded before, whatever its size.
	 * @param json the item
	 * @return its tokens; to be closed
	 */
	JsonParser parser(byte[] json) {
		return this.unlimitedFactory.createParser(this.readContext, json);
	}

	@Override
	public JsonGenerator generator(ByteBuf message) {
		return this.writer.createGenerator((OutputStream) new ByteBufOutputStream(message));
	}

	@Override
	public void writeNumber(ByteBuf message, long number) {
		if (number >= 10) {
			writeNumber(message, number / 10);
		}
		message.writeByte('0' + (int) (number % 10));
	}

	@Override
	public void openItems(ByteBuf message) {
		message.writerIndex(message.writerIndex() - END.length);
	}

	@Override
	public void closeItems(ByteBuf message, int start, int count) {
		message.writeBytes(END);
	}

}
