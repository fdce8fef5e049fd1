package io.github.websocketkeepalive.stream.codec;

import java.util.function.UnaryOperator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/**
 * Turns an item that this side has written in JSON into another format. Thread-safe.
 */
final class Transcoder implements UnaryOperator<byte[]> {

	private final JsonFormat json;

	private final Format format;

	Transcoder(JsonFormat json, Format format) {
		this.json = json;
		this.format = format;
	}

	@Override
	public byte[] apply(byte[] item) {
		ByteBuf bytes = Unpooled.buffer(item.length);
		try (JsonParser parser = this.json.parser(item); JsonGenerator generator = this.format.generator(bytes)) {
			parser.nextToken();
			generator.copyCurrentStructure(parser);
		}
		return ByteBufUtil.getBytes(bytes);
	}

}
