package io.github.websocketkeepalive.stream.server;

import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Writes messages as the channel takes them, and asks for the next one only then. Large
 * ones go out in fragments (RFC 6455 section 5.4), between which pings, pongs and the
 * Close frame find their way. Confined to the event loop of its channel.
 */
final class MessageWriter extends ChannelDuplexHandler {

	private static final String NAME = "websocket-keepalive.stream";

	/**
	 * Clients on Netty refuse larger frames by default.
	 */
	static final int FRAGMENT_BYTES = 64 * 1024;

	/**
	 * What is written at once at most, however fast the peer is: others wait for the
	 * event loop as well.
	 */
	private static final int TURN_BYTES = 256 * 1024;

	private final Supplier<@Nullable ByteBuf> messages;

	private final boolean binary;

	private final Executor turns;

	private final Runnable onClose;

	private @Nullable ChannelHandlerContext context;

	private @Nullable ByteBuf rest;

	private boolean writing;

	private boolean turnAsked;

	private boolean closed;

	/**
	 * Create a handler.
	 * @param messages asked for the next message, which has none if there is none
	 * @param binary whether they are binary
	 * @param turns runs tasks on the event loop of the channel
	 * @param onClose called once the channel is closed
	 */
	MessageWriter(Supplier<@Nullable ByteBuf> messages, boolean binary, Executor turns, Runnable onClose) {
		this.messages = messages;
		this.binary = binary;
		this.turns = turns;
		this.onClose = onClose;
	}

	/**
	 * Take the place in the pipeline of a WebSocket that Reactor Netty serves, unless it
	 * is closed and its pipeline empty.
	 * @param channel its channel, whose event loop must be the present thread
	 */
	void install(Channel channel) {
		if (channel.pipeline().get(NettyPipeline.ReactiveBridge) != null) {
			channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, NAME, this);
		}
	}

	/**
	 * Write what there is, as far as the channel takes it, and go on in another turn. A
	 * message that cannot be made fails the channel, since nobody knows what is missing.
	 */
	void write() {
		ChannelHandlerContext context = this.context;
		if (context == null || this.writing) {
			return;
		}
		this.writing = true;
		int written = 0;
		try {
			written = writeTurn(context);
		}
		catch (RuntimeException | Error ex) {
			close();
			// Reactor Netty does not take an Error such as one for want of memory.
			context.fireExceptionCaught(new IllegalStateException("A message could not be made", ex));
		}
		finally {
			this.writing = false;
		}
		if (written >= TURN_BYTES && !this.turnAsked) {
			this.turnAsked = true;
			this.turns.execute(this::writeOn);
		}
	}

	private void writeOn() {
		this.turnAsked = false;
		write();
	}

	private int writeTurn(ChannelHandlerContext context) {
		int written = 0;
		while (written < TURN_BYTES && isReady(context)) {
			int bytes = writeWhileWritable(context, TURN_BYTES - written);
			if (bytes == 0) {
				break;
			}
			context.flush();
			written += bytes;
		}
		return written;
	}

	/**
	 * Write nothing any more.
	 */
	void close() {
		this.closed = true;
		if (this.rest != null) {
			this.rest.release();
			this.rest = null;
		}
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		close();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		write();
		context.fireChannelWritabilityChanged();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		close();
		this.onClose.run();
		context.fireChannelInactive();
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof CloseWebSocketFrame) {
			close();
		}
		context.write(message, promise);
	}

	private int writeWhileWritable(ChannelHandlerContext context, int maxBytes) {
		int written = 0;
		while (written < maxBytes && isReady(context)) {
			ByteBuf message = (this.rest != null) ? this.rest : this.messages.get();
			if (message == null) {
				break;
			}
			if (this.closed) {
				message.release();
				break;
			}
			written += writeFragment(context, message);
		}
		return written;
	}

	private int writeFragment(ChannelHandlerContext context, ByteBuf message) {
		boolean first = this.rest == null;
		boolean last = message.readableBytes() <= FRAGMENT_BYTES;
		ByteBuf content = last ? message : message.readRetainedSlice(FRAGMENT_BYTES);
		this.rest = last ? null : message;
		int bytes = content.readableBytes();
		context.write(frame(content, first, last));
		return bytes;
	}

	private WebSocketFrame frame(ByteBuf content, boolean first, boolean last) {
		if (!first) {
			return new ContinuationWebSocketFrame(last, 0, content);
		}
		return this.binary ? new BinaryWebSocketFrame(last, 0, content) : new TextWebSocketFrame(last, 0, content);
	}

	private boolean isReady(ChannelHandlerContext context) {
		return !this.closed && context.channel().isWritable();
	}

}
