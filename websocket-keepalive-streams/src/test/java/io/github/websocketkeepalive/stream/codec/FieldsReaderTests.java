package io.github.websocketkeepalive.stream.codec;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.FrameException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The texts and the keys of frames.
 */
class FieldsReaderTests {

	private static final StreamCodecs all = new StreamCodecs(JsonMapper.shared());

	static final List<StreamCodec> codecs = all.subprotocols().stream().map(all::find).toList();

	@ParameterizedTest
	@FieldSource("codecs")
	void charactersAreCountedAsUtf16DoesSoThatAnAstralOneIsTwo(StreamCodec codec) {
		ClientFrame frame = open(astral(64), astral(64), astral(128), astral(512));
		assertThat(decode(codec, frame)).isEqualTo(frame);
	}

	@ParameterizedTest
	@FieldSource("codecs")
	void aTextThatIsOneCharacterTooLongIsRefused(StreamCodec codec) {
		List<ClientFrame> frames = List.of(open(astral(64) + "x", "r", "x", "e"), open("s", astral(64) + "x", "x", "e"),
				open("s", "r", astral(128) + "x", "e"), open("s", "r", "x", astral(512) + "x"));
		assertThat(frames).allSatisfy(
				(frame) -> assertThatExceptionOfType(FrameException.class).isThrownBy(() -> decode(codec, frame))
					.withMessageContaining("characters without control characters"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a\u0000", "\u001F", "\u007F", "\u009F" })
	void aReferenceIsNeitherEmptyNorHasItControlCharacters(String ref) {
		assertThatExceptionOfType(FrameException.class)
			.isThrownBy(() -> decode(codecs.get(0), open("s", ref, "x", "e")))
			.withMessageStartingWith("'ref' must be a text of 1 to 128 characters without control characters");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"type":"open","stream":"s1","ref":"r1","source":"x","window":0}                                 | r1
			{"window":0,"ref":"r1","source":"x","stream":"s1","type":"open"}                                 | r1
			{"type":"open","stream":"s1","ref":"r1","source":"x","from":{"epoch":"e"}}                       | r1
			{"type":"open","stream":"s1","ref":"r1","source":"x","from":{"type":"ack","ref":"r2","offset":0}} | r1
			{"type":"open","stream":"s1","source":"x","from":{"epoch":"e","ref":"r2","stream":"s2"}}         |
			{"type":"open","stream":"s1","ref":5,"source":"x"}                                               |
			{"type":"open","stream":"s1","source":"x","window":0}                                            |
			{"type":"ack","stream":"s1","ref":"r1","offset":-1}                                              |
			""")
	void theReferenceIsNamedIfTheFrameIsAnOpenAndItCanBeRead(String frame, String ref) {
		FrameException failure = catchThrowableOfType(FrameException.class,
				() -> codecs.get(codecs.size() - 1).decodeClient(Unpooled.copiedBuffer(frame, StandardCharsets.UTF_8)));
		assertThat(failure.getRef()).isEqualTo(ref);
		assertThat(failure.getStream()).isEqualTo("s1");
	}

	// {"type":"cancel",…}, with a field more whose key is no text, or with a map in
	// "request" or in a field that is not known.
	@ParameterizedTest
	@CsvSource({ "cbor, 0101", "cbor, 2001", "cbor, 416101", "cbor, 4673747265616d6173", "cbor, 6772657175657374a10101",
			"cbor, 6772657175657374a1416101", "cbor, 6772657175657374a16161a10101", "cbor, 616ba1416101",
			"msgpack, 0101", "msgpack, ff01", "msgpack, c4016101", "msgpack, c301", "msgpack, c001", "msgpack, 9001",
			"msgpack, a772657175657374810101", "msgpack, a77265717565737481c4016101", "msgpack, a16b81c4016101" })
	void aKeyThatIsNoTextIsRefused(String format, String field) {
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> decodeCancel(format, field))
			.withMessageContaining("is not valid")
			.withMessageContaining("the keys of a map must be texts");
	}

	@ParameterizedTest
	@CsvSource({ "cbor, f501", "cbor, f601", "cbor, 8001", "cbor, a001", "cbor, c1616101" })
	void aKeyThatIsNoTextAndJacksonDoesNotKnowIsRefusedToo(String format, String field) {
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> decodeCancel(format, field))
			.withMessageContaining("is not valid");
	}

	@ParameterizedTest
	@CsvSource({ "cbor, 616ba1616181a1616201", "msgpack, a16b81a16191" + "81a16201" })
	void aFieldThatIsNotKnownMayHoldAnything(String format, String field) {
		assertThat(decodeCancel(format, field)).isEqualTo(new ClientFrame.Cancel("s"));
	}

	@Test
	void aKeyMayBeEmptyAndHaveUpToAThousandBytes() {
		Map<String, Object> request = Map.of("", 1, "k".repeat(23), 2, "k".repeat(24), 3, "ä".repeat(300), 4,
				"k".repeat(1000), 5);
		ClientFrame frame = new ClientFrame.Open("s", null, "x", request, null, null);
		assertThat(codecs).allSatisfy((codec) -> assertThat(decode(codec, frame)).isEqualTo(frame));
	}

	// {"type":"open","stream":"s","source":"x","request":{"n":…}}
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			cbor    | fb7ff0000000000000     | infinity
			cbor    | f97e00                 | not a number
			cbor    | c4821a7ffffff001       | 1E+2147483632
			cbor    | c4823a7fffffef01       | 1E-2147483632
			cbor    | c482193e8101           | 1E+16001
			msgpack | cb7ff0000000000000     | infinity
			msgpack | ca7fc00000             | not a number
			""")
	void aNumberThatJsonCannotTellOrThatIsWrittenInThousandsOfDigitsIsRefused(String format, String number) {
		byte[] frame = HexFormat.of()
			.parseHex((format.equals("cbor")
					? "a4" + "6474797065646f70656e" + "6673747265616d6173" + "66736f757263656178"
							+ "6772657175657374a1616e"
					: "84" + "a474797065a46f70656e" + "a673747265616da173" + "a6736f75726365a178" + "a772657175657374"
							+ "81a16e")
					+ number);
		assertThatExceptionOfType(FrameException.class)
			.isThrownBy(() -> all.find("resumable.v1." + format).decodeClient(Unpooled.wrappedBuffer(frame)))
			.withMessage("A number in the frame is out of range");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1E+2147483632", "-1e400" })
	void aNumberOfJsonThatBecomesInfiniteIsRefused(String number) {
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> request(number))
			.withMessage("A number in the frame is out of range");
	}

	@Test
	void aNumberOfMoreThanAThousandDigitsIsRefusedBeforeItIsRead() {
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> request("1".repeat(1001)))
			.withMessageContaining("exceeds the maximum allowed (1000");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "1.5", "1e300", "9007199254740993", "123456789012345678901234567890" })
	void ordinaryNumbersReachTheSource(String number) {
		assertThat(((ClientFrame.Open) request(number)).request().get("n")).isInstanceOf(Number.class);
	}

	@Test
	void whatIsNotKnownCountsAmongTheValuesOfAFrame() {
		String frame = "{\"type\":\"ping\",\"%s\":[" + "1,".repeat(1001) + "1]}";
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> json(frame.formatted("later")))
			.withMessageContaining("at most 1000 values");
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> json(frame.formatted("items")))
			.withMessageContaining("at most 1000 values");
		assertThat(json("{\"type\":\"ping\",\"later\":{\"a\":[1,{\"b\":[]}]},\"also\":1}"))
			.isInstanceOf(ClientFrame.Ping.class);
	}

	private static ClientFrame request(String number) {
		return json("{\"type\":\"open\",\"stream\":\"s\",\"source\":\"x\",\"request\":{\"n\":" + number + "}}");
	}

	private static ClientFrame json(String frame) {
		return codecs.get(codecs.size() - 1).decodeClient(Unpooled.copiedBuffer(frame, StandardCharsets.UTF_8));
	}

	private static ClientFrame decodeCancel(String format, String field) {
		String frame = format.equals("cbor") ? "a3" + "6474797065" + "6663616e63656c" + "6673747265616d" + "6173"
				: "83" + "a474797065" + "a663616e63656c" + "a673747265616d" + "a173";
		return all.find("resumable.v1." + format)
			.decodeClient(Unpooled.wrappedBuffer(HexFormat.of().parseHex(frame + field)));
	}

	private static ClientFrame decode(StreamCodec codec, ClientFrame frame) {
		ByteBuf message = codec.encode(frame, ByteBufAllocator.DEFAULT);
		try {
			return codec.decodeClient(message);
		}
		finally {
			message.release();
		}
	}

	private static ClientFrame open(String stream, String ref, String source, String epoch) {
		return new ClientFrame.Open(stream, ref, source, Map.of(), null, new StreamPosition(epoch, 0));
	}

	private static String astral(int count) {
		return "😀".repeat(count);
	}

}
