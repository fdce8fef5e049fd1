package io.github.websocketkeepalive.client.handshake;

import java.io.IOException;
import java.net.ProtocolException;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.ReferenceCountUtil;
import reactor.core.publisher.Sinks;
import reactor.netty.NettyPipeline;

import io.github.websocketkeepalive.Internal;

/**
 * Is in the pipeline of a client until its opening handshake has succeeded, and keeps
 * from Reactor Netty how it failed, which would log a stack trace for every attempt. For
 * one channel, and confined to its event loop.
 */
@Internal
public final class OpeningHandshake extends ChannelDuplexHandler {

	private static final String NAME = "websocket-keepalive.handshake";

	// Reactor Netty adds its aggregator behind the last handler that bears its prefix.
	private static final String HEAD = NettyPipeline.LEFT + "websocketKeepaliveHead";

	private static final String PROXY_HEAD = "websocket-keepalive.proxy";

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
		ChannelPipeline pipeline = channel.pipeline();
		if (pipeline.get(NettyPipeline.ProxyHandler) != null) {
			pipeline.addBefore(NettyPipeline.ProxyHandler, PROXY_HEAD, new ResponseHead(HttpResponseStatus.OK));
		}
		addTo(pipeline);
	}

	private void addTo(ChannelPipeline pipeline) {
		pipeline.addBefore(NettyPipeline.ReactiveBridge, NAME, this);
		if (pipeline.get(NettyPipeline.HttpCodec) != null) {
			pipeline.addAfter(NettyPipeline.HttpCodec, HEAD, new ResponseHead(HttpResponseStatus.SWITCHING_PROTOCOLS));
		}
	}

	// Where TLS negotiates the version of HTTP, the codec comes only now, and behind this
	// handler.
	@Override
	public void channelActive(ChannelHandlerContext context) {
		ChannelPipeline pipeline = context.pipeline();
		if (pipeline.get(NettyPipeline.HttpCodec) != null && pipeline.get(HEAD) == null) {
			pipeline.remove(this);
			new OpeningHandshake(this.failure, this.followsRedirects).addTo(pipeline);
		}
		context.fireChannelActive();
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
		if (this.decided || message instanceof HttpResponse response && !isForReactorNetty(context, response)) {
			ReferenceCountUtil.release(message);
			return;
		}
		context.fireChannelRead(message);
		if (this.decided) {
			// Reactor Netty follows a redirect on another channel, and leaves this one
			// open.
			context.close();
		}
	}

	private boolean isForReactorNetty(ChannelHandlerContext context, HttpResponse response) {
		HttpResponseStatus status = response.status();
		if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
			String violation = HandshakeRules.violation(this.request, response);
			if (violation == null) {
				context.pipeline().remove(this);
				return true;
			}
			fail(context, new ProtocolException(violation));
			return false;
		}
		if (this.followsRedirects && status.codeClass() == HttpStatusClass.REDIRECTION
				&& response.headers().contains(HttpHeaderNames.LOCATION)) {
			this.decided = true;
			return true;
		}
		fail(context, HandshakeRefusedException.ofServer(response));
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

}
