package io.github.websocketkeepalive.stream.codec;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random maps, wrong types, huge offsets, negative windows and garbage: each is a frame,
 * or the peer is told what is wrong with it.
 */
class FormatFuzzTests {

	private static final int FRAMES = 34_000;

	static final List<Format> formats = List.of(new JsonFormat(JsonMapper.shared()),
			new CborFormat(JsonMapper.shared()), new MessagePackFormat(JsonMapper.shared()));

	@ParameterizedTest
	@FieldSource("formats")
	void noFrameEscapes(Format format) {
		FrameFuzzer fuzzer = new FrameFuzzer(
				"resumable.v1." + format.name().toLowerCase().replace("messagepack", "msgpack"));
		RandomFrames frames = new RandomFrames(42);
		int understood = 0;
		for (int i = 0; i < FRAMES; i++) {
			byte[] bytes = encode(format, frames.next());
			if (fuzzer.read(frames.coin() ? bytes : frames.mangle(bytes))) {
				understood++;
			}
		}
		assertThat(understood).isBetween(FRAMES / 10, FRAMES / 2);
	}

	private static byte[] encode(Format format, @Nullable Object frame) {
		ByteBuf message = Unpooled.buffer();
		try (JsonGenerator generator = format.generator(message)) {
			JsonMapper.shared().writer().writeValue(generator, frame);
		}
		return ByteBufUtil.getBytes(message);
	}

}
