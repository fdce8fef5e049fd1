package io.github.websocketkeepalive.stream.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

import io.github.websocketkeepalive.stream.protocol.EncodedItem;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;
import io.github.websocketkeepalive.test.LeakDetection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link JacksonBatchWriter}.
 */
@ExtendWith(LeakDetection.class)
class JacksonBatchWriterTests {

	static final List<StreamCodec> codecs = JacksonCodecTests.codecs;

	@ParameterizedTest
	@FieldSource("codecs")
	void itemsAreAppendedAsTheyCome(StreamCodec codec) {
		BatchWriter batch = batch(codec);
		List<Integer> items = new ArrayList<>();
		for (int i = 0; i < 5_000; i++) {
			batch.add(i);
			items.add(i);
		}
		assertThat(batch.items()).isEqualTo(5_000);
		assertThat(read(codec, batch)).isEqualTo(items);
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void aBatchMayBeEmpty(StreamCodec codec) {
		assertThat(read(codec, batch(codec))).isEmpty();
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void anItemThatFailsLeavesTheBatchAsItWas(StreamCodec codec) {
		BatchWriter batch = batch(codec);
		Map<String, Object> broken = Map.of("long", "x".repeat(50_000), "broken",
				List.of(new JacksonCodecTests.Broken(0)));
		addAndFail(batch, broken);
		batch.add(Map.of("id", 1));
		int bytes = batch.bytes();
		addAndFail(batch, broken);
		addAndFail(batch, broken);
		assertThat(batch.bytes()).isEqualTo(bytes);
		assertThat(batch.items()).isEqualTo(1);
		batch.add(Map.of("id", 2));
		assertThat(read(codec, batch)).isEqualTo(List.of(Map.of("id", 1), Map.of("id", 2)));
	}

	@Test
	void anItemWithRawJsonFailsInMessagePackAndLeavesTheBatchAsItWas() {
		StreamCodec codec = new StreamCodecs(JsonMapper.shared()).find("resumable.v1.msgpack");
		BatchWriter batch = batch(codec);
		batch.add(Map.of("id", 1));
		int bytes = batch.bytes();
		assertThatExceptionOfType(StreamWriteException.class)
			.isThrownBy(() -> batch.add(Map.of("raw", new RawValue("{}"))));
		assertThat(batch.bytes()).isEqualTo(bytes);
		assertThat(batch.items()).isEqualTo(1);
		batch.add(Map.of("id", 2));
		assertThat(read(codec, batch)).isEqualTo(List.of(Map.of("id", 1), Map.of("id", 2)));
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void whatIsEncodedAlreadyIsNotEncodedAgain(StreamCodec codec) {
		BatchWriter batch = batch(codec);
		batch.add(encoded("{\"a\":[1,2.5,\"x\",true,null],\"b\":{}}"));
		batch.add(Map.of("id", 1));
		batch.add(encoded("7"));
		assertThat(read(codec, batch)).hasSize(3).last().isEqualTo(7);
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void whatIsEncodedAlreadyMayBeLargerThanWhatClientsMaySend(StreamCodec codec) {
		BatchWriter batch = batch(codec);
		batch.add(encoded("[".repeat(100) + "]".repeat(100)));
		batch.add(encoded('"' + "x".repeat(21_000_000) + '"'));
		batch.add(encoded("1".repeat(2_000)));
		assertThat(batch.items()).isEqualTo(3);
		batch.release();
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void aBatchBeginsAsTheFrameThatItIs(StreamCodec codec) {
		for (int bits = 0; bits < Long.SIZE - 1; bits++) {
			beginsAsItsFrame(codec, (1L << bits) - 1);
			beginsAsItsFrame(codec, 1L << bits);
		}
		beginsAsItsFrame(codec, Long.MAX_VALUE);
	}

	private static void beginsAsItsFrame(StreamCodec codec, long offset) {
		ByteBuf frame = codec.encode(new ServerFrame.Batch("\"s\"", offset, List.of()), ByteBufAllocator.DEFAULT);
		ByteBuf batch = codec.batches("\"s\"").begin(offset, 16, ByteBufAllocator.DEFAULT).finish();
		int end = frame.readableBytes() - "[]".length();
		assertThat(ByteBufUtil.hexDump(batch, 0, end)).isEqualTo(ByteBufUtil.hexDump(frame, 0, end));
		frame.release();
		batch.release();
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void bytesGrowWithEveryItem(StreamCodec codec) {
		BatchWriter batch = batch(codec);
		int before = batch.bytes();
		batch.add("x".repeat(1000));
		assertThat(batch.bytes() - before).isBetween(1000, 1010);
		batch.release();
	}

	@Test
	void aMapperThatIndentsDoesNotIndentItems() {
		JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
		BatchWriter batch = batch(new StreamCodecs(mapper).find(null));
		batch.add(Map.of("id", 1));
		batch.add(Map.of("id", 2));
		ByteBuf message = batch.finish();
		assertThat(message.toString(StandardCharsets.UTF_8))
			.isEqualTo("{\"type\":\"batch\",\"stream\":\"s1\",\"offset\":7,\"items\":[{\"id\":1},{\"id\":2}]}");
		message.release();
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void aBatchThatIsGivenUpIsReleased(StreamCodec codec) {
		BatchWriter batch = batch(codec);
		batch.add(Map.of("id", 1));
		batch.release();
	}

	private static BatchWriter batch(StreamCodec codec) {
		return codec.batches("s1").begin(7, 16, ByteBufAllocator.DEFAULT);
	}

	private static EncodedItem encoded(String json) {
		return new EncodedItem(json.getBytes(StandardCharsets.UTF_8));
	}

	private static void addAndFail(BatchWriter batch, Object item) {
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> batch.add(item));
	}

	private static List<?> read(StreamCodec codec, BatchWriter batch) {
		ByteBuf message = batch.finish();
		try {
			ServerFrame frame = codec.decodeServer(message, (stream) -> Object.class);
			assertThat(message.isReadable()).isFalse();
			assertThat(frame).isInstanceOf(ServerFrame.Batch.class);
			assertThat(((ServerFrame.Batch) frame).stream()).isEqualTo("s1");
			assertThat(((ServerFrame.Batch) frame).offset()).isEqualTo(7);
			return ((ServerFrame.Batch) frame).items();
		}
		finally {
			message.release();
		}
	}

}
