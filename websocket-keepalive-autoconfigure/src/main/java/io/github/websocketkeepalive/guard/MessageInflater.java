package io.github.websocketkeepalive.guard;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtension;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionDecoder;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of the decoder of permessage-deflate (RFC 7692), to which Reactor Netty
 * sets no limit: 58 KB on the wire may be 60 MB in memory. Gives up a message as soon as
 * it is too large, before the rest of it is inflated. Also that of the draft before,
 * which compresses frames one by one and which Reactor Netty still agrees to.
 */
public final class MessageInflater extends ChannelInboundHandlerAdapter {

	private static final String PER_MESSAGE = "PerMessageDeflateDecoder";

	private static final String PER_FRAME = "PerFrameDeflateDecoder";

	private static final byte[] TAIL = { 0, 0, (byte) 0xFF, (byte) 0xFF };

	private final int mostBytes;

	private final boolean perFrame;

	private @Nullable Inflater inflater;

	private int inflated;

	private boolean compressed;

	private boolean failed;

	MessageInflater(int mostBytes, boolean perFrame) {
		this.mostBytes = mostBytes;
		this.perFrame = perFrame;
	}

	/**
	 * Take the place of the decoder, if there is one. To be called before the first
	 * frame.
	 * @param pipeline the pipeline of a connection whose opening handshake has succeeded
	 * @param policy how large a message may be
	 */
	public static void install(ChannelPipeline pipeline, GuardPolicy policy) {
		ChannelHandlerContext decoder = pipeline.context(WebSocketExtensionDecoder.class);
		String replaced = (decoder != null) ? decoder.handler().getClass().getSimpleName() : "";
		if (decoder != null && (replaced.equals(PER_MESSAGE) || replaced.equals(PER_FRAME))) {
			pipeline.replace(decoder.name(), decoder.name(),
					new MessageInflater(policy.maxInflatedMessage(), replaced.equals(PER_FRAME)));
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.failed) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof WebSocketFrame frame && isCompressed(frame)) {
			inflate(context, frame);
		}
		else {
			context.fireChannelRead(message);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		end();
		context.fireChannelInactive();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		end();
	}

	private boolean isCompressed(WebSocketFrame frame) {
		boolean first = frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame;
		boolean data = first || frame instanceof ContinuationWebSocketFrame;
		if (first) {
			this.inflated = 0;
		}
		if (this.perFrame ? data : first) {
			this.compressed = (frame.rsv() & WebSocketExtension.RSV1) != 0;
		}
		return this.compressed && data;
	}

	private void inflate(ChannelHandlerContext context, WebSocketFrame frame) {
		ByteBuf compressed = frame.content();
		int mostBytes = this.mostBytes - this.inflated;
		ByteBuf content = context.alloc()
			.buffer(Math.min(2 * compressed.readableBytes() + 64, mostBytes + 1), mostBytes + 1);
		try {
			inflate(compressed.nioBuffer(), content, mostBytes);
			if (this.perFrame || frame.isFinalFragment()) {
				inflate(ByteBuffer.wrap(TAIL), content, mostBytes);
			}
			this.inflated += content.readableBytes();
			context.fireChannelRead(withContent(frame, content.retain()));
		}
		catch (CorruptedWebSocketFrameException ex) {
			fail(context, ex);
		}
		finally {
			content.release();
			frame.release();
		}
	}

	private void inflate(ByteBuffer input, ByteBuf output, int mostBytes) {
		Inflater inflater = inflater();
		inflater.setInput(input);
		try {
			do {
				if (inflater.finished()) {
					inflater.reset();
					inflater.setInput(input);
				}
				output.ensureWritable(1);
				int length = inflater.inflate(output.internalNioBuffer(output.writerIndex(), output.writableBytes()));
				output.writerIndex(output.writerIndex() + length);
				if (output.readableBytes() > mostBytes) {
					throw Violation.tooLarge("message inflates to more than " + this.mostBytes + " bytes")
						.toException();
				}
			}
			while (!inflater.needsInput() || !output.isWritable());
		}
		catch (DataFormatException ex) {
			throw Violation.notDeflated().toException();
		}
	}

	private Inflater inflater() {
		Inflater inflater = this.inflater;
		if (inflater == null) {
			inflater = new Inflater(true);
			this.inflater = inflater;
		}
		return inflater;
	}

	// RSV1 means nothing in a continuation of permessage-deflate (RFC 7692 section 6): it
	// stays, and the rules for frames refuse it.
	private WebSocketFrame withContent(WebSocketFrame frame, ByteBuf content) {
		boolean last = frame.isFinalFragment();
		boolean continues = frame instanceof ContinuationWebSocketFrame;
		int rsv = (continues && !this.perFrame) ? frame.rsv() : frame.rsv() & ~WebSocketExtension.RSV1;
		if (continues) {
			return new ContinuationWebSocketFrame(last, rsv, content);
		}
		return (frame instanceof TextWebSocketFrame) ? new TextWebSocketFrame(last, rsv, content)
				: new BinaryWebSocketFrame(last, rsv, content);
	}

	// As Netty's codec does with what breaks the protocol.
	private void fail(ChannelHandlerContext context, CorruptedWebSocketFrameException failure) {
		this.failed = true;
		context.writeAndFlush(new CloseWebSocketFrame(failure.closeStatus(), failure.getMessage()))
			.addListener(ChannelFutureListener.CLOSE);
		context.fireExceptionCaught(failure);
	}

	private void end() {
		Inflater inflater = this.inflater;
		this.inflater = null;
		if (inflater != null) {
			inflater.end();
		}
	}

}
