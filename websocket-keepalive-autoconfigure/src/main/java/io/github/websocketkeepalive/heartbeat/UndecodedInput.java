package io.github.websocketkeepalive.heartbeat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;

/**
 * Stands before the frame decoder of a connection once its application did not read: has
 * frames decoded one by one, and keeps what arrives beyond the budget as bytes. A frame
 * of one byte costs fifteen times what it takes on the wire, and one that inflates a
 * thousand times. Confined to the event loop of its channel.
 */
final class UndecodedInput extends ChannelInboundHandlerAdapter implements ByteToMessageDecoder.Cumulator {

	private static final String NAME = "websocket-keepalive.undecoded-input";

	private final LookAhead lookAhead;

	private final ByteToMessageDecoder decoder;

	private ByteBuf kept = Unpooled.EMPTY_BUFFER;

	private int undecoded;

	private UndecodedInput(LookAhead lookAhead, ByteToMessageDecoder decoder) {
		this.lookAhead = lookAhead;
		this.decoder = decoder;
	}

	/**
	 * Have the decoder stop after the frame that it decodes next.
	 * @param pipeline the pipeline of a connection
	 * @param lookAhead what tells whether to read on
	 * @return whether there is a decoder that does so
	 */
	static boolean stopAfterNextFrame(ChannelPipeline pipeline, LookAhead lookAhead) {
		ChannelHandlerContext context = pipeline.context(WebSocketFrameDecoder.class);
		if (context == null || !(context.handler() instanceof ByteToMessageDecoder decoder)) {
			return false;
		}
		decoder.setSingleDecode(true);
		if (pipeline.context(NAME) == null) {
			UndecodedInput input = new UndecodedInput(lookAhead, decoder);
			decoder.setCumulator(input);
			pipeline.addBefore(context.name(), NAME, input);
		}
		return true;
	}

	/**
	 * Decode more of what has arrived.
	 * @param pipeline the pipeline of a connection, whose decoder is not at work
	 * @param singly whether to decode one frame, rather than all
	 * @return {@code false} if there was no whole frame
	 */
	static boolean decode(ChannelPipeline pipeline, boolean singly) {
		ChannelHandlerContext context = pipeline.context(NAME);
		return context != null && ((UndecodedInput) context.handler()).decode(context, singly);
	}

	private boolean decode(ChannelHandlerContext context, boolean singly) {
		this.decoder.setSingleDecode(singly);
		ByteBuf input = this.kept;
		this.kept = Unpooled.EMPTY_BUFFER;
		boolean more = input.isReadable();
		int before = this.undecoded;
		context.fireChannelRead(input);
		return more || (this.undecoded != 0 && this.undecoded != before);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf bytes && this.decoder.isSingleDecode()
				&& (this.kept.isReadable() || !isReading(context))) {
			this.kept = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), this.kept, bytes);
		}
		else {
			context.fireChannelRead(message);
		}
	}

	private boolean isReading(ChannelHandlerContext context) {
		return this.lookAhead.isReading(context.channel().config().isAutoRead());
	}

	/**
	 * Tells how many bytes are about to be decoded: by the next time it is known whether
	 * there was a frame in them.
	 */
	@Override
	public ByteBuf cumulate(ByteBufAllocator allocator, ByteBuf cumulation, ByteBuf input) {
		this.undecoded = cumulation.readableBytes() + input.readableBytes();
		return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, cumulation, input);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		inputEnded(context);
		context.fireChannelInactive();
	}

	/**
	 * At the end of an HTTP/2 stream the decoder gives up what it has not decoded.
	 */
	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent) {
			inputEnded(context);
		}
		context.fireUserEventTriggered(event);
	}

	private void inputEnded(ChannelHandlerContext context) {
		if (this.decoder.isSingleDecode()) {
			this.lookAhead.inputEnded(context.pipeline().context(this.lookAhead),
					this.undecoded + this.kept.readableBytes());
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.kept.release();
	}

}
