package io.github.websocketkeepalive.heartbeat;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * Behind the frame codec of every WebSocket: sees control frames even while the
 * application does not read, keeps our pongs from it, passes on everything else in order,
 * and notes why the connection ends. Confined to the event loop of its channel.
 */
class HeartbeatHandler extends ChannelDuplexHandler {

	static final String NAME = "websocket-keepalive.heartbeat";

	private final Heartbeat heartbeat;

	private final HeartbeatConnection connection;

	private final LookAhead lookAhead;

	private @Nullable ChannelOperations<?, ?> inbound;

	HeartbeatHandler(Heartbeat heartbeat, HeartbeatConnection connection, LookAhead lookAhead) {
		this.heartbeat = heartbeat;
		this.connection = connection;
		this.lookAhead = lookAhead;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.heartbeat.start();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.lookAhead.release();
		this.heartbeat.end();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.lookAhead.flush(context);
		this.heartbeat.end();
		context.fireChannelInactive();
		discardUnlessOfInterest();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof PongWebSocketFrame pong && this.heartbeat.acknowledge(pong)) {
			pong.release();
		}
		else if (message instanceof CloseWebSocketFrame close) {
			this.connection.endsBy(CloseCause.PEER_CLOSED, close);
			this.inbound = ChannelOperations.get(context.channel());
			this.lookAhead.flush(context);
			context.fireChannelRead(message);
		}
		else if (message instanceof PingWebSocketFrame) {
			this.heartbeat.foreignPingReceived();
			this.lookAhead.ping(context, message);
		}
		else {
			this.lookAhead.data(context, message);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		context.fireChannelReadComplete();
		this.lookAhead.readComplete(context);
	}

	@Override
	public void read(ChannelHandlerContext context) {
		this.lookAhead.read(context);
	}

	// Reactor Netty closes on the peer's close_notify, as if the application had.
	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslCloseCompletionEvent) {
			this.connection.endsBy(CloseCause.EOF);
		}
		context.fireUserEventTriggered(event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (cause instanceof CodecException) {
			CloseCause end = FailureCause.of(cause);
			end = (end != CloseCause.HANDLER_ERROR) ? end : CloseCause.PROTOCOL_ERROR;
			this.connection.undecodable(end);
		}
		this.lookAhead.flush(context);
		context.fireExceptionCaught(cause);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof CloseWebSocketFrame close && context.channel().isActive()) {
			this.connection.endsBy(causeOf(close), close);
			this.heartbeat.closing();
		}
		else if (message instanceof PongWebSocketFrame) {
			this.lookAhead.pongWritten();
		}
		else if (message instanceof PingWebSocketFrame) {
			this.heartbeat.foreignPingSent();
		}
		context.write(message, promise);
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (context.channel().isActive()) {
			this.connection.endsBy(CloseCause.LOCAL_CLOSED);
		}
		context.close(promise);
	}

	// After a Close frame Reactor Netty keeps what was read before it for a subscriber,
	// and leaks it if there never is one.
	private void discardUnlessOfInterest() {
		if (this.inbound != null && !this.lookAhead.isOfInterest()) {
			this.inbound.discard();
		}
	}

	// Reactor Netty tells the peer of a handler that failed by this status, text and all.
	private static CloseCause causeOf(CloseWebSocketFrame close) {
		WebSocketCloseStatus failed = WebSocketCloseStatus.PROTOCOL_ERROR;
		boolean handlerFailed = close.statusCode() == failed.code() && failed.reasonText().equals(close.reasonText());
		return handlerFailed ? CloseCause.HANDLER_ERROR : CloseCause.LOCAL_CLOSED;
	}

	/**
	 * Has the id of the connection in MDC while anything is passed on, or completed by a
	 * flush.
	 */
	static final class WithMdc extends HeartbeatHandler {

		WithMdc(Heartbeat heartbeat, HeartbeatConnection connection, LookAhead lookAhead) {
			super(heartbeat, connection, lookAhead);
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			@Nullable String previous = openMdc();
			try {
				super.channelInactive(context);
			}
			finally {
				closeMdc(previous);
			}
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			@Nullable String previous = openMdc();
			try {
				super.channelRead(context, message);
			}
			finally {
				closeMdc(previous);
			}
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			@Nullable String previous = openMdc();
			try {
				super.channelReadComplete(context);
			}
			finally {
				closeMdc(previous);
			}
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			@Nullable String previous = openMdc();
			try {
				context.fireChannelWritabilityChanged();
			}
			finally {
				closeMdc(previous);
			}
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			@Nullable String previous = openMdc();
			try {
				super.userEventTriggered(context, event);
			}
			finally {
				closeMdc(previous);
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			@Nullable String previous = openMdc();
			try {
				super.exceptionCaught(context, cause);
			}
			finally {
				closeMdc(previous);
			}
		}

		@Override
		public void flush(ChannelHandlerContext context) {
			@Nullable String previous = openMdc();
			try {
				context.flush();
			}
			finally {
				closeMdc(previous);
			}
		}

		@Override
		public void close(ChannelHandlerContext context, ChannelPromise promise) {
			@Nullable String previous = openMdc();
			try {
				super.close(context, promise);
			}
			finally {
				closeMdc(previous);
			}
		}

		private @Nullable String openMdc() {
			return super.heartbeat.mdc().open(super.connection.getId());
		}

		private void closeMdc(@Nullable String previous) {
			super.heartbeat.mdc().close(previous);
		}

	}

}
