package io.github.websocketkeepalive.guard;

import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * What a peer did that it may not, and how it is told.
 *
 * @param cause the cause of the close
 * @param status the close code
 * @param reason the close reason
 */
public record Violation(CloseCause cause, WebSocketCloseStatus status, String reason) {

	static Violation protocolError(String reason) {
		return new Violation(CloseCause.PROTOCOL_ERROR, WebSocketCloseStatus.PROTOCOL_ERROR, reason);
	}

	static Violation notUtf8(String what) {
		return new Violation(CloseCause.PROTOCOL_ERROR, WebSocketCloseStatus.INVALID_PAYLOAD_DATA,
				what + " is not UTF-8");
	}

	static Violation notDeflated() {
		return new Violation(CloseCause.PROTOCOL_ERROR, WebSocketCloseStatus.INVALID_PAYLOAD_DATA,
				"message cannot be inflated");
	}

	static Violation tooLarge(String reason) {
		return new Violation(CloseCause.TOO_LARGE, WebSocketCloseStatus.MESSAGE_TOO_BIG, reason);
	}

	static Violation controlFlood() {
		return new Violation(CloseCause.CONTROL_FLOOD, WebSocketCloseStatus.POLICY_VIOLATION,
				"too many control frames");
	}

	/**
	 * Return what the application is told.
	 * @return the exception that Netty's codec throws for what it finds itself
	 */
	public CorruptedWebSocketFrameException toException() {
		return new CorruptedWebSocketFrameException(this.status, this.reason);
	}

}
