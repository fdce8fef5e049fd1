package io.github.websocketkeepalive.heartbeat;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * What is known of the end of a connection, once there is something to know. The first
 * cause counts, and so does the first code.
 */
final class ConnectionEnd {

	/**
	 * No Close frame is known.
	 */
	static final int UNKNOWN_CODE = 0;

	/**
	 * There was no Close frame (RFC 6455 section 7.1.5).
	 */
	static final int NO_CLOSE_FRAME = 1006;

	/**
	 * There was a Close frame without a code (RFC 6455 section 7.1.5).
	 */
	static final int EMPTY_CLOSE_FRAME = 1005;

	private @Nullable CloseCause cause;

	private int code = UNKNOWN_CODE;

	/**
	 * Return which cause an exception stands for, when it ends a connection.
	 * @param failure the exception
	 * @return the cause
	 */
	static CloseCause causeOf(Throwable failure) {
		if (MemoryShortage.isCauseOf(failure)) {
			return CloseCause.OUT_OF_MEMORY;
		}
		if (failure instanceof CorruptedWebSocketFrameException corrupted) {
			boolean tooLarge = WebSocketCloseStatus.MESSAGE_TOO_BIG.equals(corrupted.closeStatus());
			return tooLarge ? CloseCause.TOO_LARGE : CloseCause.PROTOCOL_ERROR;
		}
		return (failure instanceof TooLongFrameException) ? CloseCause.TOO_LARGE : CloseCause.HANDLER_ERROR;
	}

	/**
	 * Return which cause a Close frame of our own stands for. Reactor Netty tells the
	 * peer of a handler that failed by one status, text and all.
	 * @param close the frame
	 * @return the cause
	 */
	static CloseCause causeOf(CloseWebSocketFrame close) {
		WebSocketCloseStatus failed = WebSocketCloseStatus.PROTOCOL_ERROR;
		boolean handlerFailed = close.statusCode() == failed.code() && failed.reasonText().equals(close.reasonText());
		return handlerFailed ? CloseCause.HANDLER_ERROR : CloseCause.LOCAL_CLOSED;
	}

	/**
	 * Note why the connection ends. The first cause and the first code count.
	 * @param cause the cause
	 * @param code the close code, or {@link #UNKNOWN_CODE}
	 */
	void note(CloseCause cause, int code) {
		if (this.cause == null) {
			this.cause = cause;
		}
		if (this.code == UNKNOWN_CODE) {
			this.code = code;
		}
	}

	/**
	 * Take the failure of a handler for the cause of the empty Close frame that Reactor
	 * Netty sends for it. Reactor Netty sends no such frame for a failure for want of
	 * memory, which is taken for the cause as well.
	 * @param failure what the handler failed with
	 * @return whether the failure is the cause now
	 */
	boolean explain(Throwable failure) {
		CloseCause cause = causeOf(failure);
		boolean byReactorNetty = this.cause == CloseCause.LOCAL_CLOSED
				&& (this.code == EMPTY_CLOSE_FRAME || cause == CloseCause.OUT_OF_MEMORY);
		if (byReactorNetty) {
			this.cause = cause;
		}
		return byReactorNetty;
	}

	/**
	 * Return why the connection ended.
	 * @return the cause
	 */
	CloseCause cause() {
		return (this.cause != null) ? this.cause : CloseCause.EOF;
	}

	/**
	 * Return whether the connection ended without a word.
	 * @return whether by its peer or its network, and not by anybody's decision
	 */
	boolean isPeerGone() {
		return this.cause == CloseCause.RESET || this.cause == CloseCause.TRANSPORT_DEAD
				|| this.cause == CloseCause.EOF;
	}

	/**
	 * Return whether the connection ended by what its peer sent.
	 * @return whether that broke the protocol or a limit
	 */
	boolean isOfInput() {
		return this.cause == CloseCause.PROTOCOL_ERROR || this.cause == CloseCause.TOO_LARGE;
	}

	/**
	 * Return whether something has ended the connection that is not the empty Close frame
	 * which Reactor Netty sends just before a handler fails.
	 * @return whether the cause is known, and will not change
	 */
	boolean isDecided() {
		return this.cause != null && !(this.cause == CloseCause.LOCAL_CLOSED && this.code == EMPTY_CLOSE_FRAME);
	}

	/**
	 * Return the close code.
	 * @return the code of the first Close frame, or one that stands for there being none
	 */
	int code() {
		return this.code;
	}

}
