package io.github.websocketkeepalive.heartbeat;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.connection.CloseCause;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FailureCause}.
 */
class FailureCauseTests {

	@Test
	void aCorruptFrameIsAProtocolError() {
		assertThat(FailureCause.of(new CorruptedWebSocketFrameException())).isEqualTo(CloseCause.PROTOCOL_ERROR);
		assertThat(FailureCause.of(corrupted(WebSocketCloseStatus.INVALID_PAYLOAD_DATA)))
			.isEqualTo(CloseCause.PROTOCOL_ERROR);
	}

	@Test
	void aFrameOrMessageAboveTheLimitIsTooLarge() {
		assertThat(FailureCause.of(corrupted(WebSocketCloseStatus.MESSAGE_TOO_BIG))).isEqualTo(CloseCause.TOO_LARGE);
		assertThat(FailureCause.of(new TooLongFrameException())).isEqualTo(CloseCause.TOO_LARGE);
	}

	@Test
	void anythingElseIsTheHandlers() {
		assertThat(FailureCause.of(new IllegalStateException())).isEqualTo(CloseCause.HANDLER_ERROR);
		assertThat(FailureCause.of(new OutOfMemoryError())).isEqualTo(CloseCause.HANDLER_ERROR);
	}

	private static CorruptedWebSocketFrameException corrupted(WebSocketCloseStatus status) {
		return new CorruptedWebSocketFrameException(status, "corrupted");
	}

}
