package io.github.websocketkeepalive.browser;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Answers text pings before anybody else sees them. While the peer has much to take
 * already it gets no answer, since what it takes tells it as much.
 */
final class TextPingHandler extends ChannelDuplexHandler {

	private final TextPing textPing;

	private boolean withinMessage;

	private boolean due;

	private boolean closing;

	TextPingHandler(TextPing textPing) {
		this.textPing = textPing;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof TextWebSocketFrame text && text.isFinalFragment()
				&& this.textPing.isEqualTo(text.content())) {
			text.release();
			this.due = true;
			answer(context);
		}
		else {
			context.fireChannelRead(message);
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof CloseWebSocketFrame) {
			this.closing = true;
		}
		else if (message instanceof WebSocketFrame frame && isData(frame)) {
			this.withinMessage = !frame.isFinalFragment();
		}
		context.write(message, promise);
		answer(context);
	}

	private static boolean isData(WebSocketFrame frame) {
		return !(frame instanceof PingWebSocketFrame || frame instanceof PongWebSocketFrame);
	}

	// Between the fragments of a message there may be no other one (RFC 6455 section
	// 5.4).
	private void answer(ChannelHandlerContext context) {
		if (this.due && !this.withinMessage) {
			this.due = false;
			if (!this.closing && context.channel().isWritable()) {
				context.writeAndFlush(new TextWebSocketFrame(this.textPing.pong(context.alloc())));
			}
		}
	}

}
