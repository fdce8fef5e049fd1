package io.github.websocketkeepalive.heartbeat;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * Which cause an exception stands for, when it ends a connection.
 */
final class FailureCause {

	private FailureCause() {
	}

	static CloseCause of(Throwable failure) {
		if (failure instanceof CorruptedWebSocketFrameException corrupted) {
			boolean tooLarge = WebSocketCloseStatus.MESSAGE_TOO_BIG.equals(corrupted.closeStatus());
			return tooLarge ? CloseCause.TOO_LARGE : CloseCause.PROTOCOL_ERROR;
		}
		return (failure instanceof TooLongFrameException) ? CloseCause.TOO_LARGE : CloseCause.HANDLER_ERROR;
	}

}
