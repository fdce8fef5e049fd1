package io.github.websocketkeepalive.transport;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;

/**
 * First in the pipeline of every TCP connection and every HTTP/2 stream: counts what
 * passes on the wire and keeps how the transport failed, before any other handler can
 * hide it. Changes nothing. Confined to the event loop of its channel; other threads may
 * read the figures, which may then lag behind.
 */
public final class ConnectionTap extends ChannelDuplexHandler {

	/**
	 * Its name in the pipeline.
	 */
	public static final String NAME = "websocket-keepalive.tap";

	private long bytesReceived;

	private long bytesSent;

	private long lastReceivedNanos = System.nanoTime();

	private long sentWhenLastReceived;

	private @Nullable CloseCause failure;

	/**
	 * Put a tap first in a pipeline, unless one is there.
	 * @param pipeline the pipeline
	 * @return the tap of the pipeline
	 */
	public static ConnectionTap install(ChannelPipeline pipeline) {
		ConnectionTap tap = (ConnectionTap) pipeline.get(NAME);
		if (tap == null) {
			tap = new ConnectionTap();
			pipeline.addFirst(NAME, tap);
		}
		return tap;
	}

	/**
	 * Return the bytes received.
	 * @return how many since the connection opened
	 */
	public long bytesReceived() {
		return this.bytesReceived;
	}

	/**
	 * Return the bytes sent.
	 * @return how many were handed to the transport since the connection opened
	 */
	public long bytesSent() {
		return this.bytesSent;
	}

	/**
	 * Return the bytes sent since something was last received.
	 * @return how many bytes the peer may still be busy with
	 */
	public long bytesUnanswered() {
		return this.bytesSent - this.sentWhenLastReceived;
	}

	/**
	 * Return when something was last received.
	 * @return the {@link System#nanoTime()} of the last byte, or of the opening
	 */
	public long lastReceivedNanos() {
		return this.lastReceivedNanos;
	}

	/**
	 * Return how the transport failed.
	 * @return {@link CloseCause#RESET} or {@link CloseCause#TRANSPORT_DEAD}, or
	 * {@code null} if it did not fail
	 */
	public @Nullable CloseCause failure() {
		return this.failure;
	}

	/**
	 * Reset a connection: whatever is still to be sent is discarded, and no handler
	 * delays it.
	 * @param channel the channel, whose event loop must be the present thread
	 */
	public static void reset(Channel channel) {
		if (!channel.isOpen()) {
			return;
		}
		channel.config().setOption(ChannelOption.SO_LINGER, 0);
		ChannelHandlerContext context = channel.pipeline().context(NAME);
		if (context != null) {
			context.close();
		}
		else {
			channel.close();
		}
	}

	/**
	 * Return how much of what was written the socket has not taken yet. The total of a
	 * buffer still counts what the socket has taken of the message that is being sent; a
	 * stream has no buffer of its own, but its marks tell how full it is.
	 * @param channel the channel
	 * @return the number of bytes
	 */
	public static long pendingBytes(Channel channel) {
		ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
		if (buffer != null) {
			return Math.max(buffer.totalPendingWriteBytes() - buffer.currentProgress(), 0);
		}
		if (!channel.isOpen()) {
			return 0;
		}
		WriteBufferWaterMark mark = channel.config().getWriteBufferWaterMark();
		return channel.isWritable() ? mark.high() + 1 - channel.bytesBeforeUnwritable()
				: mark.low() - 1 + channel.bytesBeforeWritable();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.bytesReceived += bytes(message);
		this.lastReceivedNanos = System.nanoTime();
		this.sentWhenLastReceived = this.bytesSent;
		context.fireChannelRead(message);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		this.bytesSent += bytes(message);
		context.write(message, promise);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		failed(cause);
		context.fireExceptionCaught(cause);
	}

	/**
	 * Note that the transport failed, unless it is known. A failed write is told to
	 * nobody but who wrote.
	 * @param cause what an operation failed with
	 */
	public void failed(Throwable cause) {
		if (this.failure == null && cause instanceof IOException && !(cause instanceof ClosedChannelException)) {
			this.failure = isTimeout(cause) ? CloseCause.TRANSPORT_DEAD : CloseCause.RESET;
		}
	}

	private static boolean isTimeout(Throwable cause) {
		String message = cause.getMessage();
		return message != null && message.contains("timed out");
	}

	private static int bytes(Object message) {
		if (message instanceof ByteBuf buffer) {
			return buffer.readableBytes();
		}
		return (message instanceof ByteBufHolder holder) ? holder.content().readableBytes() : 0;
	}

}
