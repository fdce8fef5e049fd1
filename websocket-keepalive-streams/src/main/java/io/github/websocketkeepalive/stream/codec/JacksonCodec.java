package io.github.websocketkeepalive.stream.codec;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.EncodedItem;
import io.github.websocketkeepalive.stream.protocol.FrameException;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;

/**
 * Frames in a format. Items are mapped by the application's mapper in every format, and
 * are the same maps in each; what is around them does not depend on the mapper.
 */
final class JacksonCodec implements StreamCodec {

	private static final int INITIAL_CAPACITY = 256;

	private final Format format;

	private final Function<EncodedItem, byte[]> encoding;

	private final JsonMapper mapper;

	private final ObjectWriter writer;

	private final String subprotocol;

	JacksonCodec(String subprotocol, Format format, JsonFormat json, JsonMapper mapper) {
		this.subprotocol = subprotocol;
		this.format = format;
		this.encoding = encoding(format, json);
		this.mapper = mapper;
		this.writer = mapper.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
	}

	private static Function<EncodedItem, byte[]> encoding(Format format, JsonFormat json) {
		if (format == json) {
			return EncodedItem::json;
		}
		Transcoder transcoder = new Transcoder(json, format);
		return (item) -> item.encodedBy(transcoder);
	}

	@Override
	public String subprotocol() {
		return this.subprotocol;
	}

	@Override
	public boolean binary() {
		return this.format.binary();
	}

	@Override
	public ClientFrame decodeClient(ByteBuf payload) {
		Fields fields = new Fields();
		try (JsonParser parser = this.format.parser(payload, 2 * FieldsReader.MAX_VALUES)) {
			return ClientFrames.read(parser, fields);
		}
		catch (RuntimeException ex) {
			throw failure(fields, ex);
		}
	}

	@Override
	public ServerFrame decodeServer(ByteBuf payload, Function<String, Type> itemType) {
		Fields fields = new Fields();
		try (JsonParser parser = this.format.parser(payload)) {
			return new ServerFrames(this.mapper, itemType).read(parser, fields);
		}
		catch (RuntimeException ex) {
			throw failure(fields, ex);
		}
	}

	private FrameException failure(Fields fields, RuntimeException failure) {
		if (failure instanceof FrameException ex) {
			return ex;
		}
		// Not only Jackson's: parsers may stumble over hostile bytes.
		String message = "The frame is not valid " + this.format.name();
		if (failure instanceof JacksonException ex) {
			message += ": " + ex.getOriginalMessage();
		}
		return fields.failure(message);
	}

	@Override
	public ByteBuf encode(ClientFrame frame, ByteBufAllocator allocator) {
		return encode(ClientFrames.write(frame), allocator.buffer(INITIAL_CAPACITY));
	}

	@Override
	public ByteBuf encode(ServerFrame frame, ByteBufAllocator allocator) {
		return encode(ServerFrames.write(frame), allocator.buffer(INITIAL_CAPACITY));
	}

	@Override
	public BatchEncoder batches(String stream) {
		return new JacksonBatchEncoder(this.format, this.encoding, this.writer, emptyBatch(stream, 0),
				emptyBatch(stream, 1));
	}

	private byte[] emptyBatch(String stream, long offset) {
		ServerFrame frame = new ServerFrame.Batch(stream, offset, List.of());
		return ByteBufUtil.getBytes(encode(ServerFrames.write(frame), Unpooled.buffer()));
	}

	private ByteBuf encode(Fields fields, ByteBuf message) {
		boolean encoded = false;
		try (JsonGenerator generator = this.format.generator(message)) {
			write(fields, generator);
			encoded = true;
		}
		finally {
			if (!encoded) {
				message.release();
			}
		}
		return message;
	}

	private void write(Fields fields, JsonGenerator generator) {
		Map<String, Object> values = fields.values();
		generator.writeStartObject(fields, values.size());
		values.forEach((name, value) -> {
			generator.writeName(name);
			if (value instanceof Fields nested) {
				write(nested, generator);
			}
			else if (value instanceof String text) {
				generator.writeString(Fields.wellFormed(text));
			}
			else if (value instanceof Integer number) {
				generator.writeNumber(number);
			}
			else if (value instanceof Long number) {
				generator.writeNumber(number);
			}
			else if (value instanceof Boolean flag) {
				generator.writeBoolean(flag);
			}
			else {
				this.writer.writeValue(generator, value);
			}
		});
		generator.writeEndObject();
	}

}
