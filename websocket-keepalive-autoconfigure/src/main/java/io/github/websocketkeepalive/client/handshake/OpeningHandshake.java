package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;
import java.time.Instant;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.NettyPipeline;

import io.github.websocketkeepalive.client.reconnect.RetryHint;

/**
 * Is in the pipeline of a client until its opening handshake has succeeded, and keeps
 * from Reactor Netty how it failed, which would log a stack trace for every attempt. For
 * one channel.
 */
public final class OpeningHandshake extends ChannelInboundHandlerAdapter {

	private static final String NAME = "websocket-keepalive.handshake";

	private static final int FIRST_ERROR = 400;

	private final Sinks.Empty<Void> failure = Sinks.empty();

	private boolean failed;

	/**
	 * Watch a channel.
	 * @param channel the channel, before it connects
	 */
	public void watch(Channel channel) {
		channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, NAME, this);
	}

	/**
	 * Return how the handshake fails.
	 * @return a publisher that ends only by an error, if the handshake fails
	 */
	public Mono<Void> failure() {
		return this.failure.asMono();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.failed) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof HttpResponse response && isRefusal(response.status())) {
			fail(context, new HandshakeRefusedException(response.status().code(), hint(response.headers())));
			ReferenceCountUtil.release(message);
		}
		else {
			if (message instanceof HttpResponse response
					&& response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
				context.pipeline().remove(this);
			}
			context.fireChannelRead(message);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		fail(context, cause);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		fail(context, new IOException("the connection ended before the handshake was complete"));
	}

	private void fail(ChannelHandlerContext context, Throwable cause) {
		if (!this.failed) {
			this.failed = true;
			this.failure.tryEmitError(cause);
			context.close();
		}
	}

	// Reactor Netty follows redirects and answers 401, if the application has it do so.
	private static boolean isRefusal(HttpResponseStatus status) {
		return status.code() >= FIRST_ERROR && status.code() != HttpResponseStatus.UNAUTHORIZED.code();
	}

	private static @Nullable RetryHint hint(HttpHeaders headers) {
		return RetryHint.ofHeaders(headers.get("Retry-After-Ms"), headers.get(HttpHeaderNames.RETRY_AFTER),
				Instant.now());
	}

}
