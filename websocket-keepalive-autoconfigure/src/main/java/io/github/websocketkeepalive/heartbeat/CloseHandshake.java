package io.github.websocketkeepalive.heartbeat;

import java.nio.channels.ClosedChannelException;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.websocket.WebsocketOutbound;

import io.github.websocketkeepalive.transport.ConnectionTap;
import io.github.websocketkeepalive.transport.TransportName;

/**
 * The closing handshake of RFC 6455 section 7 from our side. Is in the pipeline from when
 * a Close frame was sent until the connection has closed, and keeps it open until the
 * peer has answered: a socket that is closed while the peer still sends is reset by the
 * kernel, and a reset can overtake the Close frame. An HTTP/2 stream is kept until the
 * peer has ended it. Whoever does not answer is left to the heartbeat, which resets what
 * does not close in time. Confined to the event loop of its channel.
 */
public final class CloseHandshake extends ChannelDuplexHandler {

	private static final String NAME = "websocket-keepalive.close";

	private long discarded;

	private boolean answered;

	/**
	 * Written by the event loop, and read by any thread.
	 */
	private volatile boolean closeFrameCame;

	private boolean closeAsked;

	private CloseHandshake() {
	}

	/**
	 * Send a Close frame by way of Reactor Netty where it serves the channel, so that the
	 * application's {@code receive()} ends and its {@code closeStatus()} has the code.
	 * The channel is closed once the frame is sent, and the peer has answered it unless
	 * it was given up. Nothing happens if it has closed before: Reactor Netty never
	 * releases a Close frame that it is given then.
	 * @param channel the channel, whose event loop must be the present thread
	 * @param code the close code
	 * @param reason the close reason
	 */
	public static void start(Channel channel, int code, String reason) {
		if (!channel.isActive()) {
			return;
		}
		if (ChannelOperations.get(channel) instanceof WebsocketOutbound outbound) {
			outbound.sendClose(code, reason).subscribe(null, (ex) -> channel.close());
		}
		else {
			channel.writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(ChannelFutureListener.CLOSE);
		}
	}

	/**
	 * Have the next close of the channel wait until the peer has answered a Close frame,
	 * unless its input is not decoded any more.
	 * @param after the context of the handler that sends the frame, behind which answers
	 * are looked for
	 */
	public static void awaitAnswer(ChannelHandlerContext after) {
		ChannelPipeline pipeline = after.pipeline();
		if (pipeline.get(NAME) == null && !LingeringClose.isInstalled(pipeline)) {
			pipeline.addAfter(after.name(), NAME, new CloseHandshake());
		}
	}

	/**
	 * Have nothing more sent but what ends a stream, where no answer is waited for.
	 * @param after the context of the handler that has sent the last frame
	 */
	public static void endOutput(ChannelHandlerContext after) {
		if (!after.isRemoved() && after.pipeline().get(NAME) == null) {
			CloseHandshake ended = new CloseHandshake();
			ended.answered = true;
			after.pipeline().addAfter(after.name(), NAME, ended);
		}
	}

	/**
	 * Return whether the peer has answered a Close frame with one. May be called by any
	 * thread.
	 * @param channel the channel
	 * @return whether it has, although it may not have ended its stream yet
	 */
	public static boolean isAnswered(Channel channel) {
		return channel.pipeline().get(NAME) instanceof CloseHandshake handshake && handshake.closeFrameCame;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		if (!this.answered) {
			context.channel().config().setAutoRead(true);
		}
	}

	/**
	 * Nothing is sent after a Close frame, except what ends a stream. What is written has
	 * no end before the channel has, so that whoever writes on and on waits rather than
	 * spins.
	 */
	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof LastHttpContent) {
			context.write(message, promise);
			return;
		}
		ReferenceCountUtil.release(message);
		context.channel().closeFuture().addListener((closed) -> promise.tryFailure(new ClosedChannelException()));
	}

	/**
	 * Everything that comes after the Close frame was sent is of no interest, but has to
	 * be read to get at the answer.
	 */
	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.answered) {
			context.fireChannelRead(message);
			return;
		}
		this.discarded += ConnectionTap.bytes(message);
		boolean closeFrame = message instanceof CloseWebSocketFrame;
		boolean answer = closeFrame && !TransportName.isStream(context.channel());
		this.closeFrameCame |= closeFrame;
		ReferenceCountUtil.release(message);
		if (answer || this.discarded > LingeringClose.MAX_BYTES) {
			answered(context);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslCloseCompletionEvent || event instanceof ChannelInputShutdownEvent) {
			answered(context);
		}
		context.fireUserEventTriggered(event);
	}

	/**
	 * No answer comes once the input cannot be decoded.
	 */
	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		context.fireExceptionCaught(cause);
		answered(context);
	}

	/**
	 * An event loop that shuts down waits for nobody: a channel that it does not close at
	 * once is never closed.
	 */
	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (this.answered || context.executor().isShuttingDown()) {
			context.close(promise);
			return;
		}
		this.closeAsked = true;
		context.channel().closeFuture().addListener((closed) -> promise.trySuccess());
	}

	private void answered(ChannelHandlerContext context) {
		this.answered = true;
		if (this.closeAsked) {
			context.close();
		}
	}

}
