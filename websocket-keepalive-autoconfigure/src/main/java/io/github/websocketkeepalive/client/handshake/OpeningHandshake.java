package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;
import java.time.Instant;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Sinks;
import reactor.netty.NettyPipeline;

import io.github.websocketkeepalive.client.reconnect.RetryHint;

/**
 * Is in the pipeline of a client until its opening handshake has succeeded, and keeps
 * from Reactor Netty how it failed, which would log a stack trace for every attempt. For
 * one channel, and confined to its event loop.
 */
public final class OpeningHandshake extends ChannelDuplexHandler {

	private static final String NAME = "websocket-keepalive.handshake";

	private final Sinks.Empty<Void> failure;

	private final boolean followsRedirects;

	private HttpHeaders request = EmptyHttpHeaders.INSTANCE;

	private boolean decided;

	/**
	 * Create a handler.
	 * @param failure fails if the handshake does
	 * @param followsRedirects whether redirects are left to Reactor Netty
	 */
	public OpeningHandshake(Sinks.Empty<Void> failure, boolean followsRedirects) {
		this.failure = failure;
		this.followsRedirects = followsRedirects;
	}

	/**
	 * Watch a channel.
	 * @param channel the channel, before it connects
	 */
	public void watch(Channel channel) {
		channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, NAME, this);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof HttpRequest handshake) {
			this.request = handshake.headers();
		}
		context.write(message, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		boolean passes = !this.decided
				&& (!(message instanceof HttpResponse response) || isForReactorNetty(context, response));
		if (passes) {
			context.fireChannelRead(message);
		}
		else {
			ReferenceCountUtil.release(message);
		}
	}

	private boolean isForReactorNetty(ChannelHandlerContext context, HttpResponse response) {
		HttpResponseStatus status = response.status();
		if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
			String violation = HandshakeRules.violation(this.request, response.headers());
			if (violation == null) {
				context.pipeline().remove(this);
				return true;
			}
			fail(context, new IOException("invalid handshake response: " + violation));
			return false;
		}
		if (this.followsRedirects && status.codeClass() == HttpStatusClass.REDIRECTION) {
			this.decided = true;
			return true;
		}
		fail(context, new HandshakeRefusedException(status.code(), hint(response.headers())));
		return false;
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
		if (!this.decided) {
			this.decided = true;
			this.failure.tryEmitError(cause);
			context.close();
		}
	}

	private static @Nullable RetryHint hint(HttpHeaders headers) {
		return RetryHint.ofHeaders(headers.get("Retry-After-Ms"), headers.get(HttpHeaderNames.RETRY_AFTER),
				Instant.now());
	}

}
