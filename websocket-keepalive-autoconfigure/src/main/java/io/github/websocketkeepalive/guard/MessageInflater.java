package io.github.websocketkeepalive.guard;

import java.util.ArrayDeque;
import java.util.Queue;
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
 * it is too large, before the rest of it is inflated, and waits with the rest of a frame
 * while nobody reads and there is no room for it. Also that of the draft before, which
 * compresses frames one by one and which Reactor Netty still agrees to.
 */
public final class MessageInflater extends ChannelInboundHandlerAdapter {

	private static final String PER_MESSAGE = "PerMessageDeflateDecoder";

	private static final String PER_FRAME = "PerFrameDeflateDecoder";

	/**
	 * Maximum number of bytes that are inflated in one pass over the socket, because the
	 * other connections wait for its end. A pass is short as a rule. But once a peer has
	 * closed its side, epoll reads all that is left of its input in one pass, and
	 * megabytes may become gigabytes.
	 */
	static final long MAX_BYTES_IN_PASS = 64L * 1024 * 1024;

	private final int maxBytes;

	private final boolean perFrame;

	private final InflationLimit limit;

	/**
	 * What is behind a frame that waits for room, and must not overtake it. What is read
	 * at once is small, and no more is read.
	 */
	private @Nullable Queue<Object> waiting;

	private @Nullable FrameInflation inflation;

	private @Nullable Inflater inflater;

	private int inflated;

	private long inflatedInPass;

	private boolean compressed;

	private boolean failed;

	MessageInflater(int maxBytes, boolean perFrame, InflationLimit limit) {
		this.limit = limit;
		this.maxBytes = maxBytes;
		this.perFrame = perFrame;
	}

	/**
	 * Take the place of the decoder, if there is one. To be called before the first
	 * frame.
	 * @param pipeline the pipeline of a connection whose opening handshake has succeeded
	 * @param policy how large a message may be
	 * @param limit how much of what is not read yet may be inflated
	 */
	public static void install(ChannelPipeline pipeline, GuardPolicy policy, InflationLimit limit) {
		ChannelHandlerContext decoder = pipeline.context(WebSocketExtensionDecoder.class);
		String replaced = (decoder != null) ? decoder.handler().getClass().getSimpleName() : "";
		if (decoder != null && (replaced.equals(PER_MESSAGE) || replaced.equals(PER_FRAME))) {
			pipeline.replace(decoder.name(), decoder.name(),
					new MessageInflater(policy.maxInflatedMessage(), replaced.equals(PER_FRAME), limit));
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.failed) {
			ReferenceCountUtil.release(message);
		}
		else if (isWaiting() && (isData(message) || message instanceof CloseWebSocketFrame)) {
			waiting().add(message);
		}
		else {
			take(context, message);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		this.inflatedInPass = 0;
		context.fireChannelReadComplete();
	}

	private boolean isWaiting() {
		return this.inflation != null || this.waiting != null;
	}

	private Queue<Object> waiting() {
		Queue<Object> waiting = this.waiting;
		if (waiting == null) {
			waiting = new ArrayDeque<>();
			this.waiting = waiting;
		}
		return waiting;
	}

	private static boolean isData(Object message) {
		return message instanceof TextWebSocketFrame || message instanceof BinaryWebSocketFrame
				|| message instanceof ContinuationWebSocketFrame;
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
		boolean data = isData(frame);
		if (first) {
			this.inflated = 0;
		}
		if (this.perFrame ? data : first) {
			this.compressed = (frame.rsv() & WebSocketExtension.RSV1) != 0;
		}
		return this.compressed && data;
	}

	private void take(ChannelHandlerContext context, Object message) {
		if (message instanceof WebSocketFrame frame && isCompressed(frame)) {
			inflate(context, new FrameInflation(inflater(), frame, this.perFrame || frame.isFinalFragment(),
					this.maxBytes, this.inflated, context.alloc()));
		}
		else {
			context.fireChannelRead(message);
		}
	}

	private void inflate(ChannelHandlerContext context, FrameInflation inflation) {
		this.inflation = null;
		boolean waits = false;
		try {
			waits = !inflation.inflate(this.limit.room(context.channel()));
			if (!waits) {
				count(inflation.output().readableBytes());
				context.fireChannelRead(withContent(inflation.frame(), inflation.output().retain()));
			}
		}
		catch (CorruptedWebSocketFrameException ex) {
			fail(context, ex);
		}
		finally {
			if (!waits) {
				inflation.release();
			}
		}
		if (waits) {
			this.inflation = inflation;
			this.limit.inflationWaits(context.pipeline());
		}
	}

	private void count(int bytes) {
		this.inflated += bytes;
		this.inflatedInPass += bytes;
		if (this.inflatedInPass > Math.max(MAX_BYTES_IN_PASS, 2L * this.maxBytes)) {
			throw Violation.tooLarge("too much to inflate at once").toException();
		}
	}

	/**
	 * Inflate what waits, as far as there is room by now.
	 * @param pipeline the pipeline of a connection
	 */
	public static void resume(ChannelPipeline pipeline) {
		ChannelHandlerContext context = pipeline.context(MessageInflater.class);
		if (context != null) {
			((MessageInflater) context.handler()).resume(context);
		}
	}

	// What has waited is inflated in a turn of its own.
	private void resume(ChannelHandlerContext context) {
		this.inflatedInPass = 0;
		FrameInflation inflation = this.inflation;
		if (inflation != null) {
			inflate(context, inflation);
		}
		Queue<Object> waiting = this.waiting;
		while (waiting != null && this.inflation == null && !this.failed) {
			if (this.limit.room(context.channel()) == 0) {
				this.limit.inflationWaits(context.pipeline());
				return;
			}
			Object next = waiting.remove();
			if (waiting.isEmpty()) {
				this.waiting = null;
			}
			take(context, next);
			waiting = this.waiting;
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
		if (this.inflation != null) {
			this.inflation.release();
			this.inflation = null;
		}
		if (this.waiting != null) {
			this.waiting.forEach(ReferenceCountUtil::release);
			this.waiting = null;
		}
		Inflater inflater = this.inflater;
		this.inflater = null;
		if (inflater != null) {
			inflater.end();
		}
	}

}
