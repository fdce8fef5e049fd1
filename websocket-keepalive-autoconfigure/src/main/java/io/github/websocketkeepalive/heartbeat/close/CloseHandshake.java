package io.github.websocketkeepalive.heartbeat.close;

import java.nio.channels.ClosedChannelException;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * The closing handshake of RFC 6455 section 7 from our side. As a handler, which is in
 * the pipeline only while a connection closes, it keeps the socket open until the peer
 * has answered: a socket that is closed while the peer still sends is reset by the
 * kernel, and a reset can overtake the Close frame. Whoever does not answer is left to
 * the heartbeat, which resets what does not close in time.
 */
public final class CloseHandshake extends ChannelDuplexHandler {

	private static final String NAME = "websocket-keepalive.close";

	private boolean sent;

	private boolean answered;

	private boolean ended;

	private CloseHandshake() {
	}

	/**
	 * Send a Close frame by way of Reactor Netty where it serves the channel, so that the
	 * application's {@code receive()} ends and its {@code closeStatus()} has the code.
	 * The socket is closed as soon as the frame is sent.
	 * @param channel the channel, whose event loop must be the present thread
	 * @param code the close code
	 * @param reason the close reason
	 */
	public static void start(Channel channel, int code, String reason) {
		if (ChannelOperations.get(channel) instanceof WebsocketOutbound outbound) {
			outbound.sendClose(code, reason).subscribe(null, (ex) -> channel.close());
		}
		else {
			channel.writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(ChannelFutureListener.CLOSE);
		}
	}

	/**
	 * Send a Close frame likewise, and close the socket once the peer has answered it.
	 * @param channel the channel, whose event loop must be the present thread
	 * @param after the name of the handler behind which answers are looked for
	 * @param code the close code
	 * @param reason the close reason
	 */
	public static void perform(Channel channel, String after, int code, String reason) {
		if (channel.isActive() && channel.pipeline().get(NAME) == null) {
			channel.pipeline().addAfter(after, NAME, new CloseHandshake());
		}
		start(channel, code, reason);
	}

	/**
	 * Nothing is sent after a Close frame. What is written has no end before the channel
	 * has, so that whoever writes on and on waits rather than spins.
	 */
	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (this.sent) {
			ReferenceCountUtil.release(message);
			context.channel().closeFuture().addListener((closed) -> promise.tryFailure(new ClosedChannelException()));
			return;
		}
		this.sent = message instanceof CloseWebSocketFrame;
		if (this.sent) {
			context.channel().config().setAutoRead(true);
		}
		context.write(message, promise);
	}

	/**
	 * Everything that comes after the Close frame was sent is of no interest, but has to
	 * be read to get at the answer.
	 */
	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (!this.sent) {
			context.fireChannelRead(message);
			return;
		}
		this.answered |= message instanceof CloseWebSocketFrame;
		ReferenceCountUtil.release(message);
		endIfAnswered(context);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		this.answered |= event instanceof SslCloseCompletionEvent;
		endIfAnswered(context);
		context.fireUserEventTriggered(event);
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (!this.sent || this.answered) {
			context.close(promise);
			return;
		}
		this.ended = true;
		context.channel().closeFuture().addListener((closed) -> promise.trySuccess());
	}

	private void endIfAnswered(ChannelHandlerContext context) {
		if (this.ended && this.answered) {
			context.close();
		}
	}

}
