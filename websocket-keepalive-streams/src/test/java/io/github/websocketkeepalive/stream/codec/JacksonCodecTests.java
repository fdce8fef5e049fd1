package io.github.websocketkeepalive.stream.codec;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;
import tools.jackson.dataformat.cbor.CBORFactory;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.FrameException;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;
import io.github.websocketkeepalive.test.LeakDetection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link JacksonCodec}.
 */
@ExtendWith(LeakDetection.class)
class JacksonCodecTests {

	static final List<StreamCodec> codecs = codecs(JsonMapper.shared());

	private static final StreamCodec json = codecs.get(codecs.size() - 1);

	private static final long MAX = 9_007_199_254_740_991L;

	private static final List<ClientFrame> clientFrames = List.of(
			new ClientFrame.Open("s1", null, "trades", Map.of(), null, null),
			new ClientFrame.Open(
					"s1", "r1", "trades", Map.of("day", "today", "deep", Map.of("list", List.of(1, "2", 2.5))), 8,
					new StreamPosition("e", 5_000_000_000L)),
			new ClientFrame.Open("Größe 😀", "😀", "s", Map.of("long", Long.MIN_VALUE), 1, new StreamPosition("e", 0)),
			new ClientFrame.Ack("s1", MAX), new ClientFrame.Cancel("s1"), new ClientFrame.Ping(),
			new ClientFrame.Session(null), new ClientFrame.Session("secret"), new ClientFrame.Unknown("new"));

	private static final List<ServerFrame> serverFrames = List.of(
			new ServerFrame.Opened("s1", "r1", "e", 7, true, 0L, 8),
			new ServerFrame.Opened("s1", null, "e", 0, false, null, null),
			new ServerFrame.Batch("s1", 40, List.of(Map.of("id", 1, "text", "ä"), Map.of("id", 2, "flag", true))),
			new ServerFrame.Batch("s1", 0, List.of()), new ServerFrame.End("s1", "r1", 42),
			new ServerFrame.End("s1", null, 42), new ServerFrame.Cancelled("s1", "r1"),
			new ServerFrame.Cancelled("s1", null),
			new ServerFrame.Error("s1", "r1", "source-failed", "The source failed."),
			new ServerFrame.Error(null, null, "bad-frame", "'type' is missing"), new ServerFrame.Pong(),
			new ServerFrame.Session("id", "token", true), new ServerFrame.Unknown("new"));

	private static List<StreamCodec> codecs(JsonMapper mapper) {
		StreamCodecs codecs = new StreamCodecs(mapper);
		return codecs.subprotocols().stream().map(codecs::find).toList();
	}

	static Stream<Arguments> clientFramesInEachFormat() {
		return codecs.stream().flatMap((codec) -> clientFrames.stream().map((frame) -> Arguments.of(codec, frame)));
	}

	static Stream<Arguments> serverFramesInEachFormat() {
		return codecs.stream().flatMap((codec) -> serverFrames.stream().map((frame) -> Arguments.of(codec, frame)));
	}

	@ParameterizedTest
	@MethodSource("clientFramesInEachFormat")
	void aFrameOfAClientIsReadAsItWasWritten(StreamCodec codec, ClientFrame frame) {
		assertThat(decodeClient(codec, codec.encode(frame, ByteBufAllocator.DEFAULT))).isEqualTo(frame);
	}

	@ParameterizedTest
	@MethodSource("serverFramesInEachFormat")
	void aFrameOfAServerIsReadAsItWasWritten(StreamCodec codec, ServerFrame frame) {
		assertThat(decodeServer(codec, codec.encode(frame, ByteBufAllocator.DEFAULT), Object.class)).isEqualTo(frame);
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void itemsBecomeWhatTheStreamHolds(StreamCodec codec) {
		ByteBuf message = codec.encode(new ServerFrame.Batch("s1", 0, List.of(new Row(1, "a"), new Row(2, "b"))),
				ByteBufAllocator.DEFAULT);
		assertThat(decodeServer(codec, message, Row.class))
			.isEqualTo(new ServerFrame.Batch("s1", 0, List.of(new Row(1, "a"), new Row(2, "b"))));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"items":[{"id":1,"name":"a"}],"type":"batch","stream":"s1","offset":3}
			{"type":"batch","items":[{"id":1,"name":"a"}],"offset":3,"stream":"s1"}
			{"offset":3,"stream":"s1","unknown":[{}],"items":[{"id":1,"name":"a"}],"type":"batch"}
			""")
	void fieldsMayComeInAnyOrder(String frame) {
		assertThat(decodeServer(json, text(frame), Row.class))
			.isEqualTo(new ServerFrame.Batch("s1", 3, List.of(new Row(1, "a"))));
	}

	@Test
	void unknownFieldsAreIgnored() {
		assertThat(decodeClient(json, text("""
				{"v":{"a":[1,{"b":2}]},"type":"cancel","items":[[],3],"stream":"s1","window":"x","offset":-1}""")))
			.isEqualTo(new ClientFrame.Cancel("s1"));
	}

	@Test
	void fieldsThatAreNullAreMissing() {
		assertThat(decodeClient(json, text("""
				{"type":"open","stream":"s1","source":"s","request":null,"window":null,"from":null}""")))
			.isEqualTo(new ClientFrame.Open("s1", null, "s", Map.of(), null, null));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = true,
			textBlock = """
					{}                                                    | 'type' is missing
					{"type":1}                                            | 'type' must be a text, not 1
					{"type":"ack","offset":1}                             | 'stream' is missing
					{"type":"ack","stream":"","offset":1}                 | 'stream' must be a text of 1 to 128 characters without control characters, not ""
					{"type":"ack","stream":{},"offset":1}                 | 'stream' must be a text of 1 to 128 characters without control characters, not an object
					{"type":"ack","stream":"a\\nb","offset":1}            | 'stream' must be a text of 1 to 128 characters without control characters, not "a?b"
					{"type":"ack","stream":"s"}                           | 'offset' is missing
					{"type":"ack","stream":"s","offset":-1}               | 'offset' must be a whole number from 0 to 9007199254740991, not -1
					{"type":"ack","stream":"s","offset":1.5}              | 'offset' must be a whole number from 0 to 9007199254740991, not 1.5
					{"type":"ack","stream":"s","offset":"1"}              | 'offset' must be a whole number from 0 to 9007199254740991, not "1"
					{"type":"ack","stream":"s","offset":true}             | 'offset' must be a whole number from 0 to 9007199254740991, not true
					{"type":"ack","stream":"s","offset":9223372036854775808} | 'offset' must be a whole number from 0 to 9007199254740991, not 9223372036854775808
					{"type":"open","stream":"s"}                          | 'source' is missing
					{"type":"open","stream":"s","source":"x","window":"x"} | 'window' must be a whole number from 1 to 9007199254740991, not "x"
					{"type":"open","stream":"s","source":"x","window":0}  | 'window' must be a whole number from 1 to 9007199254740991, not 0
					{"type":"open","stream":"s","source":"x","request":[1]} | 'request' must be an object, not an array
					{"type":"open","stream":"s","source":"x","from":7}    | 'from' must be an object, not 7
					{"type":"open","stream":"s","source":"x","from":{"epoch":"e"}} | 'from.offset' is missing
					{"type":"open","stream":"s","source":"x","from":{"epoch":"e","offset":-5}} | 'from.offset' must be a whole number from 0 to 9007199254740991, not -5
					{"type":"session","token":5}                          | 'token' must be a text, not 5
					[]                                                    | A frame must be an object
					17                                                    | A frame must be an object
					{"type":"ping"} {}                                    | There must be nothing after the frame
					""")
	void theAuthorOfTheClientIsToldWhatIsWrong(String frame, String message) {
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> decodeClient(json, text(frame)))
			.withMessage(message);
	}

	@Test
	void anEmptyFrameIsToldApart() {
		assertThat(codecs).allSatisfy((codec) -> assertThatExceptionOfType(FrameException.class)
			.isThrownBy(() -> decodeClient(codec, Unpooled.EMPTY_BUFFER))
			.withMessage("The frame is empty"));
	}

	@Test
	void whatIsQuotedIsShort() {
		assertThatExceptionOfType(FrameException.class)
			.isThrownBy(() -> decodeClient(json, text("{\"type\":\"ack\",\"stream\":\"" + "x".repeat(129) + "\"}")))
			.withMessageEndingWith("not \"" + "x".repeat(40) + "…\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"type":"ack","stream":"s1","offset":-1} | s1
			{"offset":-1,"stream":"s1","type":"ack"} | s1
			{"stream":"s1","type":"ack               | s1
			{"type":"ack","stream":5,"offset":-1}    |
			nonsense                                 |
			""")
	void theStreamIsNamedIfItCanBeRead(String frame, String stream) {
		FrameException failure = catchThrowableOfType(FrameException.class, () -> decodeClient(json, text(frame)));
		assertThat(failure.getStream()).isEqualTo(stream);
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void aBottomlessFrameIsRefused(StreamCodec codec) {
		Map<String, Object> request = Map.of();
		for (int i = 0; i < 100; i++) {
			request = Map.of("a", request);
		}
		ByteBuf frame = codec.encode(new ClientFrame.Open("s", null, "s", request, null, null),
				ByteBufAllocator.DEFAULT);
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> decodeClient(codec, frame))
			.withMessageContaining("not valid")
			.withMessageContaining("depth");
	}

	@Test
	void aNameThatIsTooLongToBeKeptIsRefused() {
		String frame = "{\"type\":\"ping\",\"%s\":1}";
		assertThat(decodeClient(json, text(frame.formatted("x".repeat(1000))))).isInstanceOf(ClientFrame.Ping.class);
		assertThatExceptionOfType(FrameException.class)
			.isThrownBy(() -> decodeClient(json, text(frame.formatted("x".repeat(1001)))))
			.withMessageContaining("Name length (1001)");
	}

	@Test
	void aHugeWindowIsTheLargest() {
		assertThat(
				decodeClient(json, text("{\"type\":\"open\",\"stream\":\"s\",\"source\":\"x\",\"window\":5000000000}")))
			.isEqualTo(new ClientFrame.Open("s", null, "x", Map.of(), Integer.MAX_VALUE, null));
	}

	@Test
	void cborOfIndefiniteLengthIsRead() {
		assertThat(decodeClient(codec("cbor"), cbor((generator) -> {
			generator.writeStartObject();
			generator.writeStringProperty("type", "ack");
			generator.writeStringProperty("stream", "s1");
			generator.writeNumberProperty("offset", 5);
			generator.writeEndObject();
		}))).isEqualTo(new ClientFrame.Ack("s1", 5));
	}

	@Test
	void framesDoNotDependOnHowTheMapperWritesItems() {
		JsonMapper mapper = JsonMapper.builder()
			.enable(SerializationFeature.INDENT_OUTPUT, SerializationFeature.WRAP_ROOT_VALUE)
			.addModule(new SimpleModule().addSerializer(Long.class, ToStringSerializer.instance))
			.build();
		assertThat(encoded(codecs(mapper).get(codecs.size() - 1), new ServerFrame.End("s1", null, 5)))
			.isEqualTo("{\"type\":\"end\",\"stream\":\"s1\",\"offset\":5}");
	}

	@Test
	void jsonIsAsDocumented() {
		assertThat(encoded(json, new ServerFrame.Opened("s1", "r1", "e", 7, true, 0L, 8))).isEqualTo(
				"{\"type\":\"opened\",\"stream\":\"s1\",\"ref\":\"r1\",\"epoch\":\"e\",\"offset\":7,\"recovered\":true,\"missing\":0,\"window\":8}");
		assertThat(encoded(json, new ServerFrame.Batch("s1", 7, List.of(1, 2))))
			.isEqualTo("{\"type\":\"batch\",\"stream\":\"s1\",\"offset\":7,\"items\":[1,2]}");
		assertThat(encoded(json, new ServerFrame.Error(null, null, "bad-frame", "m")))
			.isEqualTo("{\"type\":\"error\",\"code\":\"bad-frame\",\"message\":\"m\"}");
		assertThat(encoded(json, new ServerFrame.Pong())).isEqualTo("{\"type\":\"pong\"}");
	}

	@Test
	void itemsThatTheClientCannotReadAreAnErrorOfTheStream() {
		assertThatExceptionOfType(FrameException.class)
			.isThrownBy(() -> decodeServer(json,
					text("{\"type\":\"batch\",\"stream\":\"s1\",\"offset\":0,\"items\":[{\"id\":\"x\"}]}"), Row.class))
			.withMessageStartingWith("An item cannot be read as ")
			.satisfies((failure) -> assertThat(failure.getStream()).isEqualTo("s1"));
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void nothingIsLeftOfAFrameThatCannotBeEncoded(StreamCodec codec) {
		ClientFrame frame = new ClientFrame.Open("s", null, "s", Map.of("a", new Broken(0)), null, null);
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> codec.encode(frame, PooledByteBufAllocator.DEFAULT));
	}

	@Test
	void valuesOfARequestAreThoseOfJson() {
		Map<String, Object> request = new LinkedHashMap<>();
		request.put("null", null);
		request.put("list", Arrays.asList(1, null, true, "x", Collections.emptyMap()));
		request.put("double", 0.1);
		ClientFrame frame = new ClientFrame.Open("s", null, "s", request, null, null);
		assertThat(codecs)
			.allSatisfy((codec) -> assertThat(decodeClient(codec, codec.encode(frame, ByteBufAllocator.DEFAULT)))
				.isEqualTo(frame));
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void whatIsNoWellFormedTextIsWrittenAsFarAsItIs(StreamCodec codec) {
		ServerFrame frame = new ServerFrame.Error("s1", null, "rejected", "No \uD83D.");
		assertThat(decodeServer(codec, codec.encode(frame, ByteBufAllocator.DEFAULT), Object.class))
			.isEqualTo(new ServerFrame.Error("s1", null, "rejected", "No \uFFFD."));
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void whatIsQuotedIsNotCutWithinACharacter(StreamCodec codec) {
		FrameException failure = catchThrowableOfType(FrameException.class, () -> decodeClient(json, text("""
				{"type":"open","stream":"s","source":"x","window":"x%s"}""".formatted("😀".repeat(30)))));
		ServerFrame frame = new ServerFrame.Error("s", null, failure.getCode(), String.valueOf(failure.getMessage()));
		assertThat(decodeServer(codec, codec.encode(frame, ByteBufAllocator.DEFAULT), Object.class)).isEqualTo(frame);
	}

	@ParameterizedTest
	@CsvSource({ "stream", "source", "epoch", "day" })
	void aTextHasToBeWellFormed(String field) {
		String frame = """
				{"type":"open","stream":"s","source":"x","from":{"epoch":"e","offset":0},"request":{"day":"d"}}"""
			.replaceFirst("(\"" + field + "\"):\"[^\"]*\"", "$1:\"\\\\ud800\"");
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> decodeClient(json, text(frame)))
			.withMessage("A text in the frame is not well-formed Unicode");
	}

	@ParameterizedTest
	@CsvSource({ "6673747265616d63eda080", "6772657175657374a1617863eda080", "6772657175657374a163eda08001" })
	void cborIsHeldToWellFormedTextAsWell(String field) {
		ByteBuf frame = Unpooled.wrappedBuffer(HexFormat.of().parseHex("a2" + "6474797065" + "6663616e63656c" + field));
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> decodeClient(codec("cbor"), frame))
			.withMessage("A text in the frame is not well-formed Unicode");
	}

	@ParameterizedTest
	@CsvSource({ "{}", "[]", "1", "null", "'\"\"'" })
	void aFrameHasNotMoreValuesThanMayBeKept(String value) {
		String request = "{\"type\":\"open\",\"stream\":\"s\",\"source\":\"x\",\"request\":{\"a\":[%s]}}";
		decodeClient(json, text(request.formatted(String.join(",", Collections.nCopies(900, value)))));
		assertThatExceptionOfType(FrameException.class).isThrownBy(
				() -> decodeClient(json, text(request.formatted(String.join(",", Collections.nCopies(1001, value))))))
			.withMessageContaining("at most 1000 values");
	}

	private static StreamCodec codec(String name) {
		return new StreamCodecs(JsonMapper.shared()).find("resumable.v1." + name);
	}

	private static ClientFrame decodeClient(StreamCodec codec, ByteBuf message) {
		try {
			return codec.decodeClient(message);
		}
		finally {
			message.release();
		}
	}

	private static ServerFrame decodeServer(StreamCodec codec, ByteBuf message, Type type) {
		Function<String, Type> itemType = (stream) -> type;
		try {
			return codec.decodeServer(message, itemType);
		}
		finally {
			message.release();
		}
	}

	private static String encoded(StreamCodec codec, ServerFrame frame) {
		ByteBuf message = codec.encode(frame, ByteBufAllocator.DEFAULT);
		try {
			return message.toString(StandardCharsets.UTF_8);
		}
		finally {
			message.release();
		}
	}

	private static ByteBuf text(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
	}

	private static ByteBuf cbor(Consumer<JsonGenerator> tokens) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (JsonGenerator generator = new CBORFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
			tokens.accept(generator);
		}
		return Unpooled.wrappedBuffer(bytes.toByteArray());
	}

	record Row(long id, String name) {
	}

	record Broken(int value) {

		@Override
		public int value() {
			throw new IllegalStateException("broken");
		}

	}

}
