package io.github.websocketkeepalive.heartbeat;

import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * Sends the Close frames of Reactor Netty and of the application, one at the most: gives
 * that of a handler that fails its code, and has the close of the channel wait for the
 * peer's answer. Confined to the event loop of its channel.
 */
abstract class ClosingHandler extends LookAhead {

	private @Nullable Closing closing;

	private boolean applicationRuns;

	abstract Heartbeat heartbeat();

	/**
	 * Return whether a message is a Close frame, or the end of a stream that is to be
	 * sent behind one that waits.
	 * @param message the message
	 * @return whether {@link #writeClose} sends it
	 */
	final boolean isOfClose(Object message) {
		return message instanceof CloseWebSocketFrame || (message instanceof LastHttpContent && isCloseWaiting());
	}

	/**
	 * Send a Close frame unless one was sent, or what ends its stream. Reactor Netty
	 * sends an empty one when the application cancels its input, and a handler that fails
	 * has done that just before: such a frame waits, since it is seen soon whether it
	 * did.
	 * @param context the context of the handler
	 * @param message the Close frame, or the end of the stream
	 * @param promise what is told once it is sent
	 */
	final void writeClose(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (!(message instanceof CloseWebSocketFrame close)) {
			closing().defer(message, promise);
		}
		else if (heartbeat().isClosing() || isCloseWaiting()) {
			close.release();
			context.channel().closeFuture().addListener((closed) -> promise.trySuccess());
		}
		else if (this.applicationRuns && !hasPeerClosed() && close.statusCode() < 0) {
			closing().defer(close, promise);
			context.executor().schedule(() -> writeDeferred(context), Closing.WAIT_MILLIS, TimeUnit.MILLISECONDS);
		}
		else {
			sendClose(context, close, promise);
		}
	}

	private void writeDeferred(ChannelHandlerContext context) {
		if (isCloseWaiting()) {
			closing().send((message, promise) -> {
				if (message instanceof CloseWebSocketFrame close) {
					sendClose(context, close, promise);
				}
				else {
					context.write(message, promise);
				}
			});
			context.flush();
		}
	}

	private boolean isCloseWaiting() {
		return this.closing != null && this.closing.isWaiting();
	}

	// Reactor Netty says 1002 for a handler that failed, which means that the peer broke
	// the protocol.
	private void sendClose(ChannelHandlerContext context, CloseWebSocketFrame close, ChannelPromise promise) {
		Heartbeat heartbeat = heartbeat();
		CloseCause cause = heartbeat.hasHandlerFailed() ? CloseCause.HANDLER_ERROR : ConnectionEnd.causeOf(close);
		CloseWebSocketFrame sent = close;
		if (cause == CloseCause.HANDLER_ERROR) {
			close.release();
			sent = new CloseWebSocketFrame(WebSocketCloseStatus.INTERNAL_SERVER_ERROR);
		}
		heartbeat.endsBy(cause, sent);
		heartbeat.closing();
		if (heartbeat.mayBeAnswered() && !hasPeerClosed()) {
			CloseHandshake.awaitAnswer(context);
		}
		context.write(sent, promise);
	}

	/**
	 * Called when the application's handler is called, and when it has ended.
	 * @param context the context of the handler
	 * @param runs whether it runs
	 */
	final void applicationRuns(ChannelHandlerContext context, boolean runs) {
		this.applicationRuns = runs;
		if (!runs) {
			writeDeferred(context);
		}
	}

	/**
	 * Called when the peer has sent a Close frame.
	 * @param context the context of the handler
	 */
	final void peerClosed(ChannelHandlerContext context) {
		closing().peerClosed(ChannelOperations.get(context.channel()));
		writeDeferred(context);
	}

	private Closing closing() {
		Closing closing = this.closing;
		if (closing == null) {
			closing = new Closing();
			this.closing = closing;
		}
		return closing;
	}

	private boolean hasPeerClosed() {
		return this.closing != null && this.closing.hasPeerClosed();
	}

	/**
	 * A Close frame that waits is sent first. Netty's codec closes the channel just
	 * before it tells what is wrong with the input, so that the cause of any other close
	 * is noted once that was told. An event loop that shuts down has no time for that.
	 */
	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (isCloseWaiting()) {
			writeDeferred(context);
			context.channel().close(promise);
		}
		else if (!context.channel().isActive() || heartbeat().isClosing()) {
			context.close(promise);
		}
		else if (context.executor().isShuttingDown()) {
			closeNow(context, promise);
		}
		else {
			context.executor().execute(() -> closeNow(context, promise));
		}
	}

	private void closeNow(ChannelHandlerContext context, ChannelPromise promise) {
		if (heartbeat().isClosing()) {
			context.channel().close(promise);
			return;
		}
		if (context.channel().isActive()) {
			heartbeat().endsBy(CloseCause.LOCAL_CLOSED);
		}
		context.close(promise);
	}

	/**
	 * Give up what waits, because the connection has ended.
	 */
	final void releaseClose() {
		if (this.closing != null) {
			this.closing.release();
		}
	}

	/**
	 * Release what was read before the peer's Close frame, if nobody ever will take it.
	 */
	final void discardUnlessOfInterest() {
		if (this.closing != null && !isOfInterest()) {
			this.closing.discardInput();
		}
	}

}
