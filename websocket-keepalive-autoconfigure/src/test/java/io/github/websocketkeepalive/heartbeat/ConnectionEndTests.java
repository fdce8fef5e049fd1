package io.github.websocketkeepalive.heartbeat;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.EncoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.connection.CloseCause;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionEnd}.
 */
class ConnectionEndTests {

	@Test
	void aCorruptFrameIsAProtocolError() {
		assertThat(ConnectionEnd.causeOf(new CorruptedWebSocketFrameException())).isEqualTo(CloseCause.PROTOCOL_ERROR);
		assertThat(ConnectionEnd.causeOf(corrupted(WebSocketCloseStatus.INVALID_PAYLOAD_DATA)))
			.isEqualTo(CloseCause.PROTOCOL_ERROR);
	}

	@Test
	void aFrameOrMessageAboveTheLimitIsTooLarge() {
		assertThat(ConnectionEnd.causeOf(corrupted(WebSocketCloseStatus.MESSAGE_TOO_BIG)))
			.isEqualTo(CloseCause.TOO_LARGE);
		assertThat(ConnectionEnd.causeOf(new TooLongFrameException())).isEqualTo(CloseCause.TOO_LARGE);
	}

	@Test
	void anythingElseIsTheHandlers() {
		assertThat(ConnectionEnd.causeOf(new IllegalStateException())).isEqualTo(CloseCause.HANDLER_ERROR);
		assertThat(ConnectionEnd.causeOf(new StackOverflowError())).isEqualTo(CloseCause.HANDLER_ERROR);
	}

	@Test
	void whatFailsForWantOfMemoryIsOutOfMemoryWhateverWrapsIt() {
		Throwable memory = new OutOfMemoryError("Java heap space");
		assertThat(ConnectionEnd.causeOf(memory)).isEqualTo(CloseCause.OUT_OF_MEMORY);
		assertThat(ConnectionEnd.causeOf(new DecoderException(memory))).isEqualTo(CloseCause.OUT_OF_MEMORY);
		assertThat(ConnectionEnd.causeOf(new EncoderException(new IllegalStateException(memory))))
			.isEqualTo(CloseCause.OUT_OF_MEMORY);
	}

	@Test
	void causesThatGoRoundInCirclesHaveAnEnd() {
		Exception first = new IllegalStateException();
		first.initCause(new IllegalStateException(first));
		assertThat(ConnectionEnd.causeOf(first)).isEqualTo(CloseCause.HANDLER_ERROR);
	}

	@Test
	void aHandlerThatFailsForWantOfMemoryExplainsTheCloseOfReactorNetty() {
		ConnectionEnd end = new ConnectionEnd();
		end.note(CloseCause.LOCAL_CLOSED, ConnectionEnd.UNKNOWN_CODE);
		assertThat(end.explain(new IllegalStateException())).isFalse();
		assertThat(end.explain(new IllegalStateException(new OutOfMemoryError()))).isTrue();
		assertThat(end.cause()).isEqualTo(CloseCause.OUT_OF_MEMORY);
	}

	private static CorruptedWebSocketFrameException corrupted(WebSocketCloseStatus status) {
		return new CorruptedWebSocketFrameException(status, "corrupted");
	}

}
