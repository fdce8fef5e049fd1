package io.github.websocketkeepalive.abuse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.websocketkeepalive.abuse.Abuse.Reading;
import io.github.websocketkeepalive.abuse.Abuse.Script;
import io.github.websocketkeepalive.test.RawClient;

/**
 * What attackers do to streams: they open many and read none of them, send large or deep
 * parameters, and open and cancel without end.
 */
final class StreamAbuses {

	private static final String JSON = "Sec-WebSocket-Protocol: resumable.v1.json";

	private static final String CBOR = "Sec-WebSocket-Protocol: resumable.v1.cbor";

	private static final int STREAMS = 100;

	/**
	 * So that all streams are open long before the end of the attack.
	 */
	private static final Duration SHORT_PAUSE = Duration.ofMillis(5);

	/**
	 * What fits a frame on the wire.
	 */
	private static final int LARGE = 60_000;

	/**
	 * What fits a message that is inflated.
	 */
	private static final int INFLATED = 1_000_000;

	/**
	 * What the streams of a connection may hold, by default.
	 */
	private static final long MAX_BUFFERED = 4 * 1024 * 1024;

	private static final String LARGE_NUMBERS = "{\"numbers\":%s}".formatted(Collections.nCopies(60, "9".repeat(1000)));

	private static final int TAG = 0xc1;

	private static final int ARRAY_OF_ONE = 0x81;

	private StreamAbuses() {
	}

	static List<Abuse> all() {
		return List.of(
				streams("100 streams ahead of a reader").mayTake(MAX_BUFFERED)
					.every(SHORT_PAUSE)
					.reads(Reading.BEGINNING)
					.sends((frames) -> upTo(STREAMS, (piece) -> frames.text(open(piece, "rows", "{}"))))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE, Wire.HTTP2),
				streams("tiny rows, then rows of 100 KB").mayTake(MAX_BUFFERED)
					.reads(Reading.BEGINNING)
					.sends((frames) -> upTo(10, (piece) -> frames.text(open(piece, "growing", "{}")))),
				streams("100 streams with 60 KB of parameters, opened and cancelled").every(SHORT_PAUSE)
					.sends((frames) -> upTo(2 * STREAMS,
							(piece) -> frames.text((piece < STREAMS) ? open(piece, "silent", parameters(LARGE))
									: cancel(piece - STREAMS))))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE, Wire.HTTP2),
				streams("100 streams with 60 KB of parameters each, kept open").every(SHORT_PAUSE)
					.sends((frames) -> upTo(STREAMS, (piece) -> frames.text(open(piece, "silent", parameters(LARGE)))))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE, Wire.HTTP2_DEFLATE),
				streams("sessions with 30 streams of 60 large numbers each, left behind").every(SHORT_PAUSE)
					.leaves()
					.sends((frames) -> upTo(31,
							(piece) -> frames
								.text((piece == 0) ? "{\"type\":\"session\"}" : open(piece, "silent", LARGE_NUMBERS))))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE),
				streams("streams opened and cancelled at once").sends(StreamAbuses::storm)
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE, Wire.HTTP2),
				streams("streams of a source that fails").sends(StreamAbuses::failures),
				streams("frames of streams that are none")
					.sends((frames) -> always(Frames.repeat(frames.text("{\"type\":\"ack\",\"stream\":7}"), 50))),
				streams("JSON of great depth").sends((frames) -> always(frames.text(deepJson(frames))))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE),
				streams("a number of 60,000 digits in JSON")
					.sends((frames) -> always(frames.text(number("1".repeat(LARGE)))))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE),
				streams("an exponent of 2,147,483,632 in JSON")
					.sends((frames) -> always(numbers(frames, "1E+2147483632"))),
				cbor("an exponent of 2,147,483,632 in CBOR")
					.sends((frames) -> always(Frames.repeat(
							frames.message(RawClient.BINARY,
									cborOpen(new byte[] { (byte) 0xc4, (byte) 0x82, 0x1a, 0x7f, -1, -1, -16, 1 })),
							20))),
				cbor("nested tags in CBOR").sends((frames) -> nested(frames, TAG))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE, Wire.HTTP2_DEFLATE),
				cbor("nested arrays in CBOR").sends((frames) -> nested(frames, ARRAY_OF_ONE))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE),
				cbor("a bignum of 60,000 bytes in CBOR")
					.sends((frames) -> always(frames.message(RawClient.BINARY, cborOpen(bignum()))))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE));
	}

	private static Abuse streams(String name) {
		return Abuse.of(name).at("/streams", JSON);
	}

	private static Abuse cbor(String name) {
		return Abuse.of(name).at("/streams", CBOR);
	}

	private static Script storm(Frames frames) {
		byte[] open = frames.text(open(1, "silent", "{}"));
		byte[] cancel = frames.text(cancel(1));
		return always(Frames.repeat(Frames.concat(open, cancel), 100));
	}

	private static Script failures(Frames frames) {
		byte[] opens = IntStream.range(0, 20)
			.mapToObj((i) -> frames.text(open(i, "broken", "{}")))
			.reduce(new byte[0], Frames::concat);
		return always(opens);
	}

	private static byte[] numbers(Frames frames, String number) {
		return Frames.repeat(frames.text(number(number)), 20);
	}

	private static Script nested(Frames frames, int head) {
		int depth = frames.isDeflate() ? INFLATED : LARGE;
		ByteArrayOutputStream nested = new ByteArrayOutputStream();
		for (int i = 0; i < depth; i++) {
			nested.write(head);
		}
		nested.write(1);
		return always(frames.message(RawClient.BINARY, cborOpen(nested.toByteArray())));
	}

	private static String deepJson(Frames frames) {
		int depth = (frames.isDeflate() ? INFLATED : LARGE) / 2 - 100;
		return number("[".repeat(depth) + "]".repeat(depth));
	}

	private static byte[] bignum() {
		byte[] digits = new byte[LARGE];
		Arrays.fill(digits, (byte) 0xff);
		return Frames.concat(new byte[] { (byte) 0xc2, 0x59, (byte) (LARGE >> 8), (byte) LARGE }, digits);
	}

	private static String number(String value) {
		return open(1, "numbers", "{\"first\":" + value + "}");
	}

	private static String open(int stream, String source, String request) {
		return "{\"type\":\"open\",\"stream\":\"s%d\",\"source\":\"%s\",\"request\":%s}".formatted(stream, source,
				request);
	}

	private static String cancel(int stream) {
		return "{\"type\":\"cancel\",\"stream\":\"s%d\"}".formatted(stream);
	}

	private static String parameters(int length) {
		return IntStream.range(0, length / 10)
			.mapToObj((i) -> "\"k%04d\":1".formatted(i))
			.collect(Collectors.joining(",", "{", "}"));
	}

	/**
	 * An {@code open} with a value as its only parameter.
	 */
	private static byte[] cborOpen(byte[] value) {
		return Frames.concat(new byte[] { (byte) 0xa4 }, cborText("type"), cborText("open"), cborText("stream"),
				cborText("s1"), cborText("source"), cborText("numbers"), cborText("request"),
				new byte[] { (byte) 0xa1 }, cborText("first"), value);
	}

	private static byte[] cborText(String text) {
		return Frames.concat(new byte[] { (byte) (0x60 + text.length()) }, text.getBytes(StandardCharsets.US_ASCII));
	}

	private static Script always(byte[] bytes) {
		return (piece) -> bytes;
	}

	// Written once for all attackers, who are on one thread.
	private static Script upTo(int count, Script script) {
		byte[][] pieces = new byte[count][];
		return (piece) -> {
			if (piece >= count) {
				return null;
			}
			if (pieces[piece] == null) {
				pieces[piece] = script.next(piece);
			}
			return pieces[piece];
		};
	}

}
