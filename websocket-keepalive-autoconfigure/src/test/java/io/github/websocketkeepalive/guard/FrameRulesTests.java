package io.github.websocketkeepalive.guard;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.websocketkeepalive.connection.CloseCause;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FrameRules}, with the sections of RFC 6455 they stand in.
 */
class FrameRulesTests {

	private static final byte[] BAD = { 'a', (byte) 0xC3 };

	@Test
	void goodFramesBreakNoRule() {
		for (WebSocketFrame frame : new WebSocketFrame[] { new TextWebSocketFrame("κόσμε"), new TextWebSocketFrame(""),
				new BinaryWebSocketFrame(Unpooled.wrappedBuffer(BAD)), new PingWebSocketFrame(),
				new PongWebSocketFrame(Unpooled.wrappedBuffer(BAD)), new CloseWebSocketFrame(),
				new CloseWebSocketFrame(1000, ""), new CloseWebSocketFrame(4999, "κόσμε"),
				new TextWebSocketFrame(false, 0, Unpooled.wrappedBuffer(BAD)),
				new ContinuationWebSocketFrame(true, 0, Unpooled.wrappedBuffer(BAD)) }) {
			assertThat(FrameRules.check(frame)).as(frame.toString()).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 4, 7 })
	void reservedBitsMustBeZero_5_2(int rsv) {
		for (WebSocketFrame frame : new WebSocketFrame[] { new TextWebSocketFrame(true, rsv, "a"),
				new BinaryWebSocketFrame(true, rsv, Unpooled.EMPTY_BUFFER),
				new ContinuationWebSocketFrame(true, rsv, Unpooled.EMPTY_BUFFER),
				new PingWebSocketFrame(true, rsv, Unpooled.EMPTY_BUFFER),
				new PongWebSocketFrame(true, rsv, Unpooled.EMPTY_BUFFER), new CloseWebSocketFrame(true, rsv) }) {
			assertBroken(frame, 1002);
		}
	}

	@Test
	void textMustBeUtf8_5_6() {
		assertBroken(new TextWebSocketFrame(Unpooled.wrappedBuffer(BAD)), 1007);
	}

	@Test
	void aCloseReasonMustBeUtf8_5_5_1() {
		assertBroken(close(1000, BAD), 1007);
	}

	@Test
	void aCloseCodeHasTwoBytes_5_5_1() {
		assertBroken(new CloseWebSocketFrame(true, 0, Unpooled.wrappedBuffer(new byte[] { 3 })), 1002);
	}

	@ParameterizedTest
	@ValueSource(ints = { 5000, 32768, 65535 })
	void closeCodesEndAt4999_7_4_2(int code) {
		assertBroken(close(code, "bye".getBytes(StandardCharsets.UTF_8)), 1002);
	}

	private static CloseWebSocketFrame close(int code, byte[] reason) {
		return new CloseWebSocketFrame(true, 0,
				Unpooled.wrappedBuffer(new byte[] { (byte) (code >> 8), (byte) code }, reason));
	}

	private static void assertBroken(WebSocketFrame frame, int code) {
		Violation violation = FrameRules.check(frame);
		assertThat(violation).isNotNull();
		assertThat(violation.status().code()).isEqualTo(code);
		assertThat(violation.cause()).isEqualTo(CloseCause.PROTOCOL_ERROR);
		assertThat(violation.toException().closeStatus()).isEqualTo(violation.status());
	}

}
