package io.github.websocketkeepalive.heartbeat;

import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.guard.FrameRules;
import io.github.websocketkeepalive.guard.GuardState;
import io.github.websocketkeepalive.guard.Violation;
import io.github.websocketkeepalive.heartbeat.close.CloseHandshake;
import io.github.websocketkeepalive.heartbeat.close.ConnectionEnd;
import io.github.websocketkeepalive.heartbeat.close.LingeringClose;
import io.github.websocketkeepalive.heartbeat.close.MemoryShortage;
import io.github.websocketkeepalive.transport.NoiseScope;
import io.github.websocketkeepalive.transport.WireMeter;

/**
 * Behind the frame codec of every WebSocket: sees control frames even while the
 * application does not read, keeps our pongs from it, passes on everything else in order,
 * and notes why the connection ends. Confined to the event loop of its channel.
 */
class HeartbeatHandler extends LookAhead {

	static final String NAME = "websocket-keepalive.heartbeat";

	private final Heartbeat heartbeat;

	private @Nullable Closing closing;

	private @Nullable GuardState guard;

	private boolean handlerRuns;

	HeartbeatHandler(Heartbeat heartbeat) {
		this.heartbeat = heartbeat;
	}

	final Heartbeat heartbeat() {
		return this.heartbeat;
	}

	@Override
	int budget() {
		return this.heartbeat.options().lookAheadBytes();
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.heartbeat.start();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		releaseHeld();
		release();
		this.heartbeat.end();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		flushHeld(context);
		release();
		this.heartbeat.end();
		try (NoiseScope scope = NoiseScope.enterIfGone(context.channel(), true)) {
			context.fireChannelInactive();
		}
		discardUnlessOfInterest();
	}

	@Override
	void frame(ChannelHandlerContext context, Object message) {
		long answered = this.heartbeat.getPongsReceived();
		boolean answer = message instanceof PongWebSocketFrame pong && this.heartbeat.acknowledge(pong);
		boolean first = this.heartbeat.getPongsReceived() > answered;
		boolean allowed = !(message instanceof WebSocketFrame frame) || isAllowed(context, frame, first);
		if (answer || !allowed) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof CloseWebSocketFrame close) {
			this.heartbeat.endsBy(CloseCause.PEER_CLOSED, close);
			closing().peerClosed(ChannelOperations.get(context.channel()));
			writeDeferred(context);
			flushHeld(context);
			context.fireChannelRead(message);
		}
		else if (message instanceof PingWebSocketFrame ping) {
			this.heartbeat.foreignPingReceived();
			answer(context, ping);
		}
		else {
			data(context, message);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (!context.channel().isWritable()) {
			this.heartbeat.blocked();
		}
		else if (this.guard != null) {
			PingWebSocketFrame ping = this.guard.takePing();
			if (ping != null) {
				answer(context, ping);
			}
		}
		context.fireChannelWritabilityChanged();
	}

	@Override
	void readPaused() {
		guard().excuse();
	}

	@Override
	void inputLost(ChannelHandlerContext context) {
		guard().end();
		this.heartbeat.endsBy(CloseCause.TOO_LARGE);
		flushHeld(context);
		// A peer that has reset the connection does not care what becomes of its input.
		if (!this.heartbeat.ended().isPeerGone()) {
			try (NoiseScope scope = NoiseScope.enterLimited(context.channel())) {
				context.fireExceptionCaught(
						new TooLongFrameException("More was unread when the connection ended than is kept"));
			}
		}
	}

	// Reactor Netty closes on the peer's close_notify, as if the application had, and
	// does
	// nothing at the end of a stream.
	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		boolean streamEnded = event instanceof ChannelInputShutdownEvent;
		if (streamEnded || event instanceof SslCloseCompletionEvent) {
			this.heartbeat.endsBy(CloseCause.EOF);
		}
		context.fireUserEventTriggered(event);
		if (streamEnded && !this.heartbeat.isClosing()) {
			context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (MemoryShortage.isCauseOf(cause)) {
			outOfMemory(context, cause);
			return;
		}
		this.heartbeat.meter().failed(cause);
		if (cause instanceof CodecException) {
			CloseCause end = ConnectionEnd.causeOf(cause);
			end = (end != CloseCause.HANDLER_ERROR) ? end : CloseCause.PROTOCOL_ERROR;
			int code = (cause instanceof CorruptedWebSocketFrameException corrupted) ? corrupted.closeStatus().code()
					: end.code();
			undecodable(context, end, code);
		}
		flushHeld(context);
		try (NoiseScope scope = NoiseScope.enterIfGone(context.channel(), cause)) {
			context.fireExceptionCaught(cause);
		}
	}

	private void undecodable(ChannelHandlerContext context, CloseCause cause, int code) {
		this.heartbeat.endsBy(cause, code);
		this.heartbeat.closing();
		LingeringClose.install(context.channel());
	}

	// Whatever of this fails for want of memory too, the connection is closed.
	private void outOfMemory(ChannelHandlerContext context, Throwable cause) {
		try {
			MemoryShortage.log(this.heartbeat.getId(), cause);
			this.heartbeat.endsBy(CloseCause.OUT_OF_MEMORY, CloseCause.OUT_OF_MEMORY.code());
			this.heartbeat.closing();
			context.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.INTERNAL_SERVER_ERROR, "out of memory"));
			flushHeld(context);
			context.fireExceptionCaught(cause);
		}
		finally {
			context.close();
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof CloseWebSocketFrame close && context.channel().isActive()) {
			writeOrDefer(context, close, promise);
			return;
		}
		if (message instanceof LastHttpContent && isCloseWaiting()) {
			closing().defer(message, promise);
			return;
		}
		if (message instanceof PongWebSocketFrame) {
			pongWritten();
		}
		else if (message instanceof PingWebSocketFrame) {
			this.heartbeat.foreignPingSent();
		}
		context.write(message, promise);
	}

	// Reactor Netty sends an empty Close frame when the application cancels its input,
	// and a handler that fails has done that just before. It is seen soon whether it did.
	private void writeOrDefer(ChannelHandlerContext context, CloseWebSocketFrame close, ChannelPromise promise) {
		if (this.heartbeat.isClosing() || isCloseWaiting()) {
			close.release();
			context.channel().closeFuture().addListener((closed) -> promise.trySuccess());
		}
		else if (this.handlerRuns && !hasPeerClosed() && close.statusCode() < 0) {
			closing().defer(close, promise);
			context.executor().schedule(() -> writeDeferred(context), Closing.WAIT_MILLIS, TimeUnit.MILLISECONDS);
		}
		else {
			writeClose(context, close, promise);
		}
	}

	private void writeDeferred(ChannelHandlerContext context) {
		if (isCloseWaiting()) {
			closing().send((message, promise) -> {
				if (message instanceof CloseWebSocketFrame close) {
					writeClose(context, close, promise);
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
	private void writeClose(ChannelHandlerContext context, CloseWebSocketFrame close, ChannelPromise promise) {
		CloseCause cause = this.heartbeat.hasHandlerFailed() ? CloseCause.HANDLER_ERROR : ConnectionEnd.causeOf(close);
		CloseWebSocketFrame sent = close;
		if (cause == CloseCause.HANDLER_ERROR) {
			close.release();
			sent = new CloseWebSocketFrame(WebSocketCloseStatus.INTERNAL_SERVER_ERROR);
		}
		this.heartbeat.endsBy(cause, sent);
		this.heartbeat.closing();
		if (this.heartbeat.mayBeAnswered() && !hasPeerClosed()) {
			CloseHandshake.awaitAnswer(context);
		}
		context.write(sent, promise);
	}

	/**
	 * Called when the application's handler is called, and when it has ended.
	 * @param context the context of the handler
	 * @param runs whether it runs
	 */
	final void handlerRuns(ChannelHandlerContext context, boolean runs) {
		this.handlerRuns = runs;
		if (!runs) {
			writeDeferred(context);
		}
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
	 * Netty's codec closes the channel just before it tells what is wrong with the input,
	 * so that the cause is noted once that was told.
	 */
	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (!context.channel().isActive() || this.heartbeat.isClosing()) {
			context.close(promise);
			return;
		}
		context.executor().execute(() -> {
			if (context.channel().isActive()) {
				this.heartbeat.endsBy(CloseCause.LOCAL_CLOSED);
			}
			context.close(promise);
		});
	}

	private boolean isAllowed(ChannelHandlerContext context, WebSocketFrame frame, boolean firstAnswer) {
		if (this.guard != null && this.guard.isEnded()) {
			return false;
		}
		Violation violation = this.heartbeat.options().guard().strict() ? FrameRules.check(frame) : null;
		boolean fragment = !frame.isFinalFragment() || frame instanceof ContinuationWebSocketFrame;
		if (violation == null && fragment) {
			WebSocketFrameAggregator aggregator = context.pipeline().get(WebSocketFrameAggregator.class);
			violation = guard().fragment(frame, (aggregator != null) ? aggregator.maxContentLength() : -1);
		}
		else if (violation == null && !firstAnswer && isPingOrPong(frame)) {
			violation = guard().control(System.nanoTime());
		}
		if (violation == null || violation.cause() == CloseCause.CONTROL_FLOOD && this.heartbeat.isExcused()) {
			return true;
		}
		guard().end();
		end(context, violation);
		return false;
	}

	// What breaks the protocol fails the application's receive(), as what Netty's codec
	// finds does; what breaks a limit of ours just ends it.
	private void end(ChannelHandlerContext context, Violation violation) {
		int code = violation.status().code();
		if (violation.cause() == CloseCause.CONTROL_FLOOD) {
			boolean writable = context.channel().isWritable();
			LingeringClose.install(context.channel());
			this.heartbeat.close(violation.cause(), code, violation.reason());
			if (!writable) {
				WireMeter.reset(context.channel());
			}
			return;
		}
		undecodable(context, violation.cause(), code);
		context.writeAndFlush(new CloseWebSocketFrame(violation.status(), violation.reason()))
			.addListener(ChannelFutureListener.CLOSE);
		flushHeld(context);
		try (NoiseScope scope = NoiseScope.enterLimited(context.channel())) {
			context.fireExceptionCaught(violation.toException());
		}
	}

	private static boolean isPingOrPong(WebSocketFrame frame) {
		return frame instanceof PingWebSocketFrame || frame instanceof PongWebSocketFrame;
	}

	private void answer(ChannelHandlerContext context, PingWebSocketFrame ping) {
		if (context.channel().isWritable() || leavesPings()) {
			ping(context, ping);
		}
		else {
			guard().keep(ping);
		}
	}

	private GuardState guard() {
		GuardState guard = this.guard;
		if (guard == null) {
			guard = new GuardState(this.heartbeat.options().guard(), System.nanoTime());
			this.guard = guard;
		}
		return guard;
	}

	private void release() {
		if (this.guard != null) {
			this.guard.release();
		}
		if (this.closing != null) {
			this.closing.release();
		}
	}

	private void discardUnlessOfInterest() {
		if (this.closing != null && !isOfInterest()) {
			this.closing.discardInput();
		}
	}

}
