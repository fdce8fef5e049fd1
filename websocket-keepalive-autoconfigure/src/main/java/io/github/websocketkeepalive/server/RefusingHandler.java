package io.github.websocketkeepalive.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Stands before Reactor Netty's bridge when a handshake is refused: answers the request
 * in place of the handler, which never sees it.
 */
public final class RefusingHandler extends ChannelInboundHandlerAdapter {

	/**
	 * Its name in the pipeline.
	 */
	public static final String NAME = "websocket-keepalive.refusal";

	private final Refusal refusal;

	/**
	 * Create a handler for one request.
	 * @param refusal the response
	 */
	public RefusingHandler(Refusal refusal) {
		this.refusal = refusal;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (!(message instanceof HttpRequest)) {
			context.fireChannelRead(message);
			return;
		}
		ReferenceCountUtil.release(message);
		context.pipeline().remove(this);
		ChannelOperations<?, ?> operations = ChannelOperations.get(context.channel());
		if (operations instanceof HttpServerResponse response) {
			answer(response).subscribe((CoreSubscriber<? super Void>) operations);
		}
		else {
			context.close();
		}
	}

	private Mono<Void> answer(HttpServerResponse response) {
		byte[] body = this.refusal.body();
		this.refusal.headers(response::header);
		return response.status(this.refusal.status())
			.keepAlive(false)
			.header("Content-Length", String.valueOf(body.length))
			.sendObject(Unpooled.wrappedBuffer(body))
			.then();
	}

}
