package io.github.websocketkeepalive.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;

import io.github.websocketkeepalive.logging.NoiseScope;

/**
 * First in the pipeline of an HTTP/2 stream and of its connection, and wherever a
 * {@link SocketMeter} cannot be had: meters what passes, and keeps how the transport
 * failed. Tells when the peer has ended a stream. Limits what is logged while a
 * connection is read on whose streams WebSockets were asked for.
 */
public final class ConnectionTap extends ChannelDuplexHandler {

	/**
	 * Its name in the pipeline.
	 */
	public static final String NAME = "websocket-keepalive.tap";

	private final WireMeter meter;

	private boolean webSocket;

	private int streams;

	private boolean askedForStreams;

	private ConnectionTap(Channel channel) {
		this.meter = new WireMeter(channel);
	}

	/**
	 * Put a tap first in a pipeline, unless one is there.
	 * @param pipeline the pipeline
	 * @return the tap of the pipeline
	 */
	public static ConnectionTap install(ChannelPipeline pipeline) {
		ConnectionTap tap = (ConnectionTap) pipeline.get(NAME);
		if (tap == null) {
			tap = new ConnectionTap(pipeline.channel());
			pipeline.addFirst(NAME, tap);
		}
		return tap;
	}

	/**
	 * Note that a WebSocket is asked for. The connection of an HTTP/2 stream is given a
	 * tap. To be called on the event loop of the channel.
	 * @param channel the channel of the handshake
	 */
	public static void askedFor(Channel channel) {
		if (TransportName.isStream(channel)) {
			install(channel.parent().pipeline()).askedForStreams = true;
		}
	}

	/**
	 * Note that the channel carries a WebSocket, itself or on one of its streams. Only
	 * while it does is a failure of the channel noise, which tells nothing but that a
	 * peer is gone. To be called on the event loop of the channel.
	 * @param webSocket the channel of the WebSocket
	 */
	void carries(Channel webSocket) {
		if (webSocket == this.meter.channel()) {
			this.webSocket = true;
			return;
		}
		this.askedForStreams = true;
		this.streams++;
		webSocket.closeFuture().addListener((closed) -> this.streams--);
	}

	/**
	 * Return what this tap has seen.
	 * @return its meter
	 */
	public WireMeter meter() {
		return this.meter;
	}

	/**
	 * Tells at the end of a stream that there is no more input, as Netty does for
	 * connections: a WebSocket over HTTP/2 has nothing else that does.
	 */
	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.meter.received(bytes(message));
		if (this.askedForStreams) {
			try (NoiseScope scope = NoiseScope.enterLimited(context.channel())) {
				context.fireChannelRead(message);
			}
			return;
		}
		boolean end = message instanceof Http2DataFrame data && data.isEndStream()
				|| message instanceof Http2HeadersFrame headers && headers.isEndStream();
		context.fireChannelRead(message);
		if (end) {
			context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		if (!this.askedForStreams) {
			context.fireChannelInactive();
			return;
		}
		try (NoiseScope scope = NoiseScope.enterLimited(context.channel())) {
			context.fireChannelInactive();
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		this.meter.sent(bytes(message));
		context.write(message, promise);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		this.meter.failed(cause);
		if (this.webSocket || this.streams > 0) {
			try (NoiseScope scope = NoiseScope.enterIfGone(context.channel(), cause)) {
				context.fireExceptionCaught(cause);
			}
		}
		else if (this.askedForStreams) {
			try (NoiseScope scope = NoiseScope.enterLimited(context.channel())) {
				context.fireExceptionCaught(cause);
			}
		}
		else {
			context.fireExceptionCaught(cause);
		}
	}

	/**
	 * Return the bytes of what is read or written.
	 * @param message a buffer, or what holds one
	 * @return how many, or 0 if it is neither
	 */
	public static int bytes(Object message) {
		if (message instanceof ByteBuf buffer) {
			return buffer.readableBytes();
		}
		return (message instanceof ByteBufHolder holder) ? holder.content().readableBytes() : 0;
	}

}
