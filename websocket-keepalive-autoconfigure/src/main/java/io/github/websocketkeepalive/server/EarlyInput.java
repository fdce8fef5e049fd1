package io.github.websocketkeepalive.server;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.admission.AdmissionDecision.Rejected;
import io.github.websocketkeepalive.admission.AdmissionGate;

/**
 * Keeps what a client sends behind its handshake without waiting for the answer, and
 * gives it to the decoder of frames, once that is there, before anything else is read.
 * Over HTTP/1.1 that is what the codec has read with the request and passes on when it
 * leaves. What comes in a later packet, and still before the answer, would be taken for
 * something else and lost: the client is refused. Over HTTP/2 frames are the body of the
 * request.
 */
final class EarlyInput extends ChannelDuplexHandler {

	private static final int MAX_BYTES = 65536;

	/**
	 * Number of bytes that a buffer takes besides those that it holds.
	 */
	private static final int COST = 128;

	private final Queue<ByteBuf> frames = new ArrayDeque<>();

	private final AdmissionGate gate;

	private final @Nullable InetSocketAddress remoteAddress;

	private final boolean http2;

	private int bytes;

	private boolean answered;

	/**
	 * Whether the stream has ended, which is told behind its frames.
	 */
	private boolean ended;

	private boolean readAsked;

	private boolean refused;

	/**
	 * Create a handler for one handshake.
	 * @param gate what is told of a client that is refused
	 * @param remoteAddress the address of the client
	 * @param http2 whether the handshake is a stream of HTTP/2
	 */
	EarlyInput(AdmissionGate gate, @Nullable InetSocketAddress remoteAddress, boolean http2) {
		this.gate = gate;
		this.remoteAddress = remoteAddress;
		this.http2 = http2;
	}

	/**
	 * Join the pipeline where input comes along: behind the codec of HTTP/1.1, which
	 * passes on to its neighbour what it has not read, or anywhere over HTTP/2.
	 * @param watcher the context of the handler that watches the handshake
	 */
	void join(ChannelHandlerContext watcher) {
		ChannelPipeline pipeline = watcher.pipeline();
		ChannelHandlerContext codec = this.http2 ? null : pipeline.context(HttpServerCodec.class);
		if (codec != null) {
			pipeline.addAfter(codec.name(), null, this);
		}
		else {
			pipeline.addBefore(watcher.name(), null, this);
		}
	}

	/**
	 * Note that the answer is being written, so that frames may come from now on.
	 */
	void answered() {
		this.answered = true;
	}

	/**
	 * Give what was kept to the decoder of frames, if there is one, and leave the
	 * pipeline. This handler stays until everything is passed on, because over HTTP/2
	 * what waits to be read would overtake what was kept.
	 * @param pipeline the pipeline
	 */
	void leave(ChannelPipeline pipeline) {
		ChannelHandlerContext context = pipeline.context(this);
		if (context == null) {
			return;
		}
		ChannelHandlerContext decoder = pipeline.context(WebSocketFrameDecoder.class);
		boolean passes = decoder != null && !this.frames.isEmpty();
		if (passes) {
			passFrames(decoder);
		}
		if (!context.isRemoved()) {
			pipeline.remove(this);
		}
		if (passes && !decoder.isRemoved()) {
			tell(decoder, (handler) -> handler.channelReadComplete(decoder));
		}
		if (this.ended && decoder != null) {
			pipeline.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
		}
		if (this.readAsked && context.channel().isActive()) {
			pipeline.firstContext().read();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.refused) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof ByteBuf input) {
			keep(context, input);
		}
		else if (this.http2 && message instanceof HttpContent content && !(message instanceof HttpRequest)) {
			keep(context, content.content());
			if (message instanceof LastHttpContent) {
				this.ended = true;
				context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
			}
		}
		else if (isTooEarly(message)) {
			ReferenceCountUtil.release(message);
			refuse(context);
		}
		else {
			context.fireChannelRead(message);
		}
	}

	private boolean isTooEarly(Object message) {
		return (message instanceof WebSocketFrame) ? !this.answered : message instanceof HttpRequest && !this.http2;
	}

	private void keep(ChannelHandlerContext context, ByteBuf input) {
		this.frames.add(input);
		this.bytes += input.readableBytes() + COST;
		if (this.bytes > MAX_BYTES && this.http2) {
			refuse(context);
		}
	}

	private void refuse(ChannelHandlerContext context) {
		this.refused = true;
		Rejected rejection = new Rejected(400, "pipelined", null);
		this.gate.rejected(rejection.reason(), this.remoteAddress);
		context.writeAndFlush(new Refusal(rejection).response()).addListener(ChannelFutureListener.CLOSE);
	}

	/**
	 * Nothing is read from the answer until what was kept has been passed on. That waits
	 * until the handler of the WebSocket has been called: frames that are passed on
	 * earlier are lost, and a Close frame is answered before the messages ahead of it.
	 */
	@Override
	public void read(ChannelHandlerContext context) {
		if (this.answered) {
			this.readAsked = true;
		}
		else {
			context.read();
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.frames.forEach(ByteBuf::release);
		this.frames.clear();
	}

	// A frame that breaks the protocol ends the decoding.
	private void passFrames(ChannelHandlerContext decoder) {
		ByteBuf bytes = this.frames.poll();
		while (bytes != null) {
			ByteBuf next = bytes;
			if (!decoder.isRemoved() && decoder.channel().isActive()) {
				tell(decoder, (handler) -> handler.channelRead(decoder, next));
			}
			else {
				next.release();
			}
			bytes = this.frames.poll();
		}
	}

	// A failure goes where it goes when the decoder is called by the pipeline.
	private static void tell(ChannelHandlerContext decoder, Event event) {
		try {
			event.tell((ChannelInboundHandler) decoder.handler());
		}
		catch (Throwable ex) {
			decoder.fireExceptionCaught(ex);
		}
	}

	@FunctionalInterface
	private interface Event {

		void tell(ChannelInboundHandler handler) throws Exception;

	}

}
