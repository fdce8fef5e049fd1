package io.github.websocketkeepalive.heartbeat;

import io.netty.channel.ChannelFuture;
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

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.guard.FrameRules;
import io.github.websocketkeepalive.guard.GuardState;
import io.github.websocketkeepalive.guard.Violation;
import io.github.websocketkeepalive.logging.NoiseScope;
import io.github.websocketkeepalive.transport.WireMeter;

/**
 * Behind the frame codec of every WebSocket: sees control frames even while the
 * application does not read, keeps our pongs from it, passes on everything else in order,
 * and notes why the connection ends. Confined to the event loop of its channel.
 */
class HeartbeatHandler extends ClosingHandler {

	static final String NAME = "websocket-keepalive.heartbeat";

	private final Heartbeat heartbeat;

	private @Nullable GuardState guard;

	HeartbeatHandler(Heartbeat heartbeat) {
		this.heartbeat = heartbeat;
	}

	@Override
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
		boolean allowed = (message instanceof WebSocketFrame frame) ? isAllowed(context, frame, first) : !hasEnded();
		if (answer || !allowed) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof CloseWebSocketFrame close) {
			this.heartbeat.endsBy(CloseCause.PEER_CLOSED, close);
			peerClosed(context);
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

	// Reactor Netty closes on the peer's close_notify, as if the application had. At the
	// end of a stream it does nothing.
	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		boolean streamEnded = event instanceof ChannelInputShutdownEvent;
		if (streamEnded || event instanceof SslCloseCompletionEvent) {
			this.heartbeat.endsBy(CloseCause.EOF);
		}
		context.fireUserEventTriggered(event);
		if (streamEnded && !this.heartbeat.isClosing()) {
			this.heartbeat.closing();
			context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
			CloseHandshake.endOutput(context);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (MemoryShortage.isCauseOf(cause)) {
			outOfMemory(context, cause);
			return;
		}
		this.heartbeat.meter().failed(cause);
		ChannelFuture told = (cause instanceof CodecException failure) ? undecodable(context, failure) : null;
		flushHeld(context);
		try (NoiseScope scope = NoiseScope.enterIfGone(context.channel(), cause)) {
			context.fireExceptionCaught(cause);
		}
		if (cause instanceof CodecException) {
			endOutput(context, told);
		}
	}

	// Netty's codec sends a Close frame for what it finds itself, and closes.
	private @Nullable ChannelFuture undecodable(ChannelHandlerContext context, CodecException failure) {
		CloseCause cause = ConnectionEnd.causeOf(failure);
		cause = (cause != CloseCause.HANDLER_ERROR) ? cause : CloseCause.PROTOCOL_ERROR;
		if (failure instanceof CorruptedWebSocketFrameException corrupted) {
			return undecodable(context, cause, corrupted.closeStatus().code(), null);
		}
		return undecodable(context, cause, cause.code(), new CloseWebSocketFrame(cause.code(), ""));
	}

	private @Nullable ChannelFuture undecodable(ChannelHandlerContext context, CloseCause cause, int code,
			@Nullable CloseWebSocketFrame frame) {
		boolean first = !this.heartbeat.isClosing();
		this.heartbeat.endsBy(cause, code);
		this.heartbeat.closing();
		guard().end();
		LingeringClose.install(context.channel());
		if (frame != null && first) {
			return context.writeAndFlush(frame);
		}
		ReferenceCountUtil.release(frame);
		return null;
	}

	private static void endOutput(ChannelHandlerContext context, @Nullable ChannelFuture lastFrame) {
		CloseHandshake.endOutput(context);
		if (lastFrame != null) {
			lastFrame.addListener(ChannelFutureListener.CLOSE);
		}
	}

	// Whatever of this fails for want of memory too, the connection is closed.
	private void outOfMemory(ChannelHandlerContext context, Throwable cause) {
		try {
			MemoryShortage.log(this.heartbeat.getId(), cause);
			boolean first = !this.heartbeat.isClosing();
			this.heartbeat.endsBy(CloseCause.OUT_OF_MEMORY, CloseCause.OUT_OF_MEMORY.code());
			this.heartbeat.closing();
			if (first) {
				context.writeAndFlush(
						new CloseWebSocketFrame(WebSocketCloseStatus.INTERNAL_SERVER_ERROR, "out of memory"));
			}
			flushHeld(context);
			context.fireExceptionCaught(cause);
		}
		finally {
			context.close();
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (isOfClose(message) && context.channel().isActive()) {
			writeClose(context, message, promise);
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

	private boolean isAllowed(ChannelHandlerContext context, WebSocketFrame frame, boolean firstAnswer) {
		if (hasEnded()) {
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

	// What has not been decoded by then comes as bytes.
	private boolean hasEnded() {
		return this.guard != null && this.guard.isEnded();
	}

	// What breaks the protocol fails the application's receive(), as what Netty's codec
	// finds does; what breaks a limit of ours just ends it.
	private void end(ChannelHandlerContext context, Violation violation) {
		int code = violation.status().code();
		if (violation.cause() == CloseCause.CONTROL_FLOOD) {
			boolean reset = !context.channel().isWritable() || this.heartbeat.isClosing();
			LingeringClose.install(context.channel());
			this.heartbeat.close(violation.cause(), code, violation.reason());
			if (reset) {
				WireMeter.reset(context.channel());
			}
			return;
		}
		ChannelFuture told = undecodable(context, violation.cause(), code,
				new CloseWebSocketFrame(violation.status(), violation.reason()));
		flushHeld(context);
		try (NoiseScope scope = NoiseScope.enterLimited(context.channel())) {
			context.fireExceptionCaught(violation.toException());
		}
		endOutput(context, told);
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
		releaseClose();
	}

}
