package io.github.websocketkeepalive.test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;

/**
 * Has the bytes of a WebSocket travel in the frames of a stream of HTTP/2.
 */
public final class Http2DataFrames extends ChannelDuplexHandler {

	private final CompletableFuture<Http2Headers> response;

	private final AtomicInteger bytesReceived;

	private boolean accepted;

	/**
	 * Create a handler of a stream.
	 * @param response told the headers of the response
	 * @param bytesReceived counts what comes behind them
	 */
	public Http2DataFrames(CompletableFuture<Http2Headers> response, AtomicInteger bytesReceived) {
		this.response = response;
		this.bytesReceived = bytesReceived;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof Http2HeadersFrame headers) {
			this.accepted = "200".contentEquals(headers.headers().status());
			this.response.complete(headers.headers());
		}
		else if (message instanceof Http2DataFrame data) {
			if (this.accepted) {
				this.bytesReceived.addAndGet(data.content().readableBytes());
				context.fireChannelRead(data.content());
			}
			else {
				data.release();
			}
			if (data.isEndStream()) {
				context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
			}
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		context.write((message instanceof ByteBuf buffer) ? new DefaultHttp2DataFrame(buffer) : message, promise);
	}

}
