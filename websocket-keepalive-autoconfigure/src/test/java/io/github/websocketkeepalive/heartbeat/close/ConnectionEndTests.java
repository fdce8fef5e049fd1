package io.github.websocketkeepalive.heartbeat.close;

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
		assertThat(ConnectionEnd.causeOf(new OutOfMemoryError())).isEqualTo(CloseCause.HANDLER_ERROR);
	}

	private static CorruptedWebSocketFrameException corrupted(WebSocketCloseStatus status) {
		return new CorruptedWebSocketFrameException(status, "corrupted");
	}

}
