package io.github.websocketkeepalive.abuse;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.github.websocketkeepalive.abuse.Abuse.Reading;
import io.github.websocketkeepalive.abuse.Abuse.Script;
import io.github.websocketkeepalive.test.RawClient;

/**
 * What attackers do to any WebSocket and to the server in front of it.
 */
final class FrameAbuses {

	/**
	 * Ends the line, begins another one, and turns a terminal upside down.
	 */
	private static final String FORGERY = "\r\nERROR forged \u001b[31m\u202e";

	/**
	 * A request for all of the flow-control window of a connection, and once more.
	 */
	private static final byte[] WINDOW_OVERFLOW = Frames
		.repeat(new byte[] { 0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, -1, -1, -1 }, 2);

	private static final int AT_ONCE = 2000;

	private FrameAbuses() {
	}

	static Abuse ordinary() {
		return Abuse.of("ordinary clients that send all the time")
			.at("/sink")
			.sends((frames) -> always(Frames.repeat(frames.message(RawClient.BINARY, new byte[1024]), 8)));
	}

	static List<Abuse> all() {
		return List.of(Abuse.of("unread frames of 7 bytes").at("/never").reads(Reading.NONE).sends(FrameAbuses::tiny),
				Abuse.of("unread frames of 7 bytes at a route of Netty")
					.at("/route/never")
					.reads(Reading.NONE)
					.sends(FrameAbuses::tiny),
				Abuse.of("unread frames that inflate to 1 MB")
					.at("/never")
					.reads(Reading.NONE)
					.sends((frames) -> always(frames.message(RawClient.BINARY, new byte[1_000_000])))
					.on(Wire.HTTP1_DEFLATE, Wire.HTTP2_DEFLATE),
				Abuse.of("messages of 60 KB, echoed to who does not read")
					.reads(Reading.NONE)
					.sends((frames) -> always(frames.message(RawClient.BINARY, new byte[60_000])))
					.on(Wire.HTTP1, Wire.HTTP1_DEFLATE, Wire.HTTP2_DEFLATE),
				Abuse.of("1 KB/s of an endless output").at("/endless").reads(Reading.SLOW),
				Abuse.of("nothing of an endless output").at("/endless").reads(Reading.NONE),
				Abuse.of("pings").sends((frames) -> always(control(RawClient.PING))),
				Abuse.of("unread answers to pings")
					.reads(Reading.NONE)
					.sends((frames) -> always(control(RawClient.PING))),
				Abuse.of("pongs").sends((frames) -> always(control(RawClient.PONG))),
				Abuse.of("fragments without end").sends((frames) -> fragments(1)),
				Abuse.of("empty fragments without end").sends((frames) -> fragments(0)),
				Abuse.of("fragments without end at a route of Netty")
					.at("/route/echo")
					.reads(Reading.NONE)
					.sends((frames) -> fragments(1)),
				Abuse.of("bad UTF-8, unread")
					.at("/never")
					.sends((frames) -> always(RawClient.frame(true, RawClient.TEXT, new byte[] { -1, -1, 'x' }))),
				Abuse.of("reserved bits, again and again")
					.returnsAfter(Duration.ofMillis(10))
					.sends((frames) -> always(RawClient.frame(0xb0 | RawClient.TEXT, true, new byte[1]))),
				Abuse.of("half a message, then a reset")
					.leaves()
					.sends((frames) -> once(RawClient.frame(false, RawClient.TEXT, new byte[100]))),
				Abuse.of("half a frame, then a reset")
					.leaves()
					.sends((frames) -> once(new byte[] { (byte) 0x81, (byte) 0xfe, 4, 0, 1 })),
				Abuse.of("handshake, then a reset").leaves(),
				Abuse.of("handshakes that an AdmissionPolicy fails on")
					.at("/refused")
					.returnsAfter(Duration.ofMillis(10)),
				Abuse.of("a violation of flow control with 100 WebSockets")
					.violates(100, WINDOW_OVERFLOW)
					.on(Wire.HTTP2),
				Abuse.of("forged lines in a reason, a path and headers")
					.at("/echo/%0d%0aforged%1b", "X-Forwarded-For: \u009bforged" + "x".repeat(6000),
							"Origin: http://\u009bforged", "Sec-WebSocket-Protocol: \u009bforged")
					.leaves()
					.sends((frames) -> once(Frames.close(4000, FORGERY))),
				Abuse.of("a path of 3,000 letters that nobody serves")
					.at("/none/" + "x".repeat(3000))
					.returnsAfter(Duration.ofMillis(10)),
				Abuse.of("heads that never end")
					.every(Duration.ofMillis(200))
					.sendsInsteadOfHandshake(FrameAbuses::head)
					.on(Wire.HTTP1),
				Abuse.of("connections without a word")
					.leaves()
					.sendsInsteadOfHandshake((piece) -> null)
					.on(Wire.HTTP1));
	}

	private static Script tiny(Frames frames) {
		return always(Frames.repeat(RawClient.frame(true, RawClient.BINARY, new byte[1]), AT_ONCE));
	}

	private static byte[] control(int opcode) {
		return Frames.repeat(RawClient.frame(true, opcode, new byte[100]), 100);
	}

	private static Script fragments(int length) {
		byte[] first = RawClient.frame(false, RawClient.TEXT, new byte[length]);
		byte[] more = Frames.repeat(RawClient.frame(false, RawClient.CONTINUATION, new byte[length]), AT_ONCE);
		return (piece) -> (piece == 0) ? first : more;
	}

	private static byte[] head(int piece) {
		String head = "GET /echo HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
		return (piece == 0) ? head.getBytes(StandardCharsets.US_ASCII) : new byte[] { 'x' };
	}

	private static Script always(byte[] bytes) {
		return (piece) -> bytes;
	}

	private static Script once(byte[] bytes) {
		return (piece) -> (piece == 0) ? bytes : null;
	}

}
