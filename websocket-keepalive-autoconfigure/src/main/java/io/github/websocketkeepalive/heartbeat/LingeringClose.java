package io.github.websocketkeepalive.heartbeat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.util.ReferenceCountUtil;

import io.github.websocketkeepalive.transport.ConnectionTap;
import io.github.websocketkeepalive.transport.TransportName;

/**
 * Ends a connection whose input is of no use any more, so that an answer to our Close
 * frame would not be seen. Closes our side behind that frame, and discards what the peer
 * sends until it closes its own: a socket that is closed with unread input is reset by
 * the kernel, and the peer may never read the Close frame. Stands first in the pipeline,
 * so that nothing is decrypted or decoded. Whoever does not close is left to the
 * heartbeat, which resets what does not close in time. Confined to the event loop of its
 * channel.
 */
public final class LingeringClose extends ChannelDuplexHandler {

	/**
	 * Maximum number of bytes that are read only to be discarded.
	 */
	static final long MAX_BYTES = 64L * 1024 * 1024;

	private static final String NAME = "websocket-keepalive.lingering-close";

	private long discarded;

	private boolean outputShut;

	private LingeringClose() {
	}

	/**
	 * Discard what a peer sends from now on, and have the next close of the channel wait
	 * for the peer. A channel that cannot close one side alone is left as it is.
	 * @param channel the channel, whose event loop must be the present thread
	 */
	public static void install(Channel channel) {
		boolean able = channel instanceof DuplexChannel || TransportName.isStream(channel);
		if (able && channel.isActive() && !isInstalled(channel.pipeline())) {
			channel.pipeline().addFirst(NAME, new LingeringClose());
			stopDecoding(channel.pipeline());
		}
	}

	// What else is in the same packet may break the protocol too, and the decoder would
	// send a Close frame for that.
	private static void stopDecoding(ChannelPipeline pipeline) {
		ChannelHandlerContext decoder = pipeline.context(WebSocketFrameDecoder.class);
		if (decoder != null) {
			pipeline.remove(decoder.handler());
		}
	}

	/**
	 * Return whether the input of a connection is of no use any more.
	 * @param pipeline the pipeline of the channel
	 * @return whether it is discarded
	 */
	public static boolean isInstalled(ChannelPipeline pipeline) {
		return pipeline.get(NAME) != null;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		context.read();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.discarded += ConnectionTap.bytes(message);
		ReferenceCountUtil.release(message);
		if (this.discarded > MAX_BYTES) {
			context.close();
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		context.read();
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (!context.channel().isActive() || this.discarded > MAX_BYTES || context.executor().isShuttingDown()) {
			context.close(promise);
			return;
		}
		context.channel().closeFuture().addListener((closed) -> promise.trySuccess());
		if (!this.outputShut) {
			this.outputShut = true;
			closeOurSide(context);
		}
	}

	// Behind what still waits for the socket: Netty would give that up, and not notice
	// that the socket is writable for ever after.
	private static void closeOurSide(ChannelHandlerContext context) {
		if (context.channel() instanceof DuplexChannel connection) {
			context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((written) -> connection.shutdownOutput());
		}
		else {
			context.pipeline().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
		}
	}

}
