package io.github.websocketkeepalive.heartbeat;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * What is known of the end of a connection, once there is something to know. The first
 * cause counts, and so does the first code.
 */
final class ConnectionEnd {

	static final int UNKNOWN_CODE = 0;

	static final int NO_CLOSE_FRAME = 1006;

	static final int EMPTY_CLOSE_FRAME = 1005;

	private @Nullable CloseCause cause;

	private int code = UNKNOWN_CODE;

	/**
	 * Return which cause an exception stands for, when it ends a connection.
	 * @param failure the exception
	 * @return the cause
	 */
	static CloseCause causeOf(Throwable failure) {
		if (failure instanceof CorruptedWebSocketFrameException corrupted) {
			boolean tooLarge = WebSocketCloseStatus.MESSAGE_TOO_BIG.equals(corrupted.closeStatus());
			return tooLarge ? CloseCause.TOO_LARGE : CloseCause.PROTOCOL_ERROR;
		}
		return (failure instanceof TooLongFrameException) ? CloseCause.TOO_LARGE : CloseCause.HANDLER_ERROR;
	}

	void note(CloseCause cause, int code) {
		if (this.cause == null) {
			this.cause = cause;
		}
		if (this.code == UNKNOWN_CODE) {
			this.code = code;
		}
	}

	/**
	 * Forget that the application closed without a code, because something else made it.
	 */
	void forgetLocalClose() {
		if (this.cause == CloseCause.LOCAL_CLOSED && this.code == UNKNOWN_CODE) {
			this.cause = null;
		}
	}

	/**
	 * Take the failure of a handler for the cause of the empty Close frame that Reactor
	 * Netty sends for it.
	 * @param failure what the handler failed with
	 * @return whether there was such a frame
	 */
	boolean explain(Throwable failure) {
		boolean byReactorNetty = this.cause == CloseCause.LOCAL_CLOSED && this.code == EMPTY_CLOSE_FRAME;
		if (byReactorNetty) {
			this.cause = causeOf(failure);
		}
		return byReactorNetty;
	}

	CloseCause cause() {
		return (this.cause != null) ? this.cause : CloseCause.EOF;
	}

	int code() {
		return this.code;
	}

}
