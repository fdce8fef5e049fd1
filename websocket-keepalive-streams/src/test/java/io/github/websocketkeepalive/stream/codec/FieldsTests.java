package io.github.websocketkeepalive.stream.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.protocol.ClientFrame;
import io.github.websocketkeepalive.stream.protocol.FrameException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The numbers of frames: a whole number from 0 to 2^53 - 1 counts however it is written.
 */
class FieldsTests {

	private static final StreamCodecs codecs = new StreamCodecs(JsonMapper.shared());

	/**
	 * Both binary formats begin with a map of three and a text, and differ in what stands
	 * before a text only.
	 */
	private static final Map<String, String> ACK = Map.of("cbor",
			"a3" + "6474797065" + "6361636b" + "6673747265616d" + "6173" + "666f6666736574", "msgpack",
			"83" + "a474797065" + "a361636b" + "a673747265616d" + "a173" + "a66f6666736574");

	@ParameterizedTest
	@CsvSource({ "json, 2, 2", "json, 2.0, 2", "json, 2e0, 2", "json, 20e-1, 2", "json, -0, 0", "json, -0.0, 0",
			"json, 9007199254740991, 9007199254740991", "json, 9007199254740991.0, 9007199254740991",
			"json, 9.007199254740991e15, 9007199254740991", "cbor, 02, 2", "cbor, 1b0000000000000002, 2",
			"cbor, f94000, 2", "cbor, fa40000000, 2", "cbor, fb4000000000000000, 2", "cbor, c24102, 2",
			"cbor, c4820002, 2", "cbor, c48201196400, 256000", "cbor, f98000, 0",
			"cbor, 1b001fffffffffffff, 9007199254740991", "cbor, fb433fffffffffffff, 9007199254740991",
			"cbor, c2471fffffffffffff, 9007199254740991", "msgpack, 02, 2", "msgpack, cf0000000000000002, 2",
			"msgpack, d30000000000000002, 2", "msgpack, ca40000000, 2", "msgpack, cb4000000000000000, 2",
			"msgpack, cf001fffffffffffff, 9007199254740991", "msgpack, cb433fffffffffffff, 9007199254740991" })
	void aWholeNumberCountsHoweverItIsWritten(String format, String number, long value) {
		assertThat(decode(format, number)).isEqualTo(new ClientFrame.Ack("s", value));
	}

	@ParameterizedTest
	@CsvSource({ "json, -1", "json, 1.5", "json, 9007199254740992", "json, 9223372036854775808", "json, 1e300",
			"json, 1e400", "json, true", "json, '\"2\"'", "json, '[2]'", "cbor, 20", "cbor, f93e00", "cbor, f97e00",
			"cbor, f97c00", "cbor, fb7e37e43c8800759c", "cbor, 1b0020000000000000", "cbor, 1bffffffffffffffff",
			"cbor, c249010000000000000000", "cbor, c34101", "cbor, c4821a7fffffff01", "cbor, 6132", "cbor, 4102",
			"msgpack, ff", "msgpack, ca3fc00000", "msgpack, cb7ff8000000000000", "msgpack, cb7ff0000000000000",
			"msgpack, cf0020000000000000", "msgpack, cfffffffffffffffff", "msgpack, d3ffffffffffffffff",
			"msgpack, a132", "msgpack, c40102" })
	void everythingElseIsNoNumber(String format, String number) {
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> decode(format, number))
			.withMessageStartingWith("'offset' must be a whole number from 0 to 9007199254740991, not ");
	}

	static Stream<Arguments> numbersOfRequests() {
		return Stream.of(Arguments.of("json", "0.1", 0.1),
				Arguments.of("json", "12345678901234567890", new BigInteger("12345678901234567890")),
				Arguments.of("json", "9".repeat(1000), new BigInteger("9".repeat(1000))), Arguments.of("json", "5", 5),
				Arguments.of("json", "5000000000", 5_000_000_000L),
				Arguments.of("cbor", "c249010000000000000000", BigInteger.TWO.pow(64)),
				Arguments.of("cbor", "c48220181e", new BigDecimal("3.0")), Arguments.of("cbor", "fa3fc00000", 1.5f));
	}

	@ParameterizedTest
	@MethodSource("numbersOfRequests")
	void numbersInARequestAreTheApplications(String format, String number, Number value) {
		ClientFrame.Open open = (ClientFrame.Open) decodeClient(format, open(format, number));
		assertThat(open.request()).isEqualTo(Map.of("n", value));
	}

	private static ByteBuf open(String format, String number) {
		if (format.equals("json")) {
			return json("{\"type\":\"open\",\"stream\":\"s\",\"source\":\"x\",\"request\":{\"n\":%s}}", number);
		}
		return hex("a4" + "6474797065" + "646f70656e" + "6673747265616d" + "6173" + "66736f75726365" + "6178"
				+ "6772657175657374" + "a1616e" + number);
	}

	private static ClientFrame decode(String format, String number) {
		return decodeClient(format, format.equals("json")
				? json("{\"type\":\"ack\",\"stream\":\"s\",\"offset\":%s}", number) : hex(ACK.get(format) + number));
	}

	private static ClientFrame decodeClient(String format, ByteBuf message) {
		return codecs.find("resumable.v1." + format).decodeClient(message);
	}

	private static ByteBuf json(String frame, String number) {
		return Unpooled.copiedBuffer(frame.formatted(number), StandardCharsets.UTF_8);
	}

	private static ByteBuf hex(String bytes) {
		return Unpooled.wrappedBuffer(HexFormat.of().parseHex(bytes));
	}

}
