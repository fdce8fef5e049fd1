package io.github.websocketkeepalive.server;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.websocket.WebsocketInbound;

/**
 * Holds a handshake while the body that came with it is read: the codec of HTTP, which
 * knows where the body ends, leaves with the answer, and what it has not read by then is
 * taken for frames.
 */
final class HandshakeBody {

	private final Queue<Object> parts = new ArrayDeque<>();

	private HandshakeBody(HttpRequest head) {
		this.parts.add(head);
	}

	/**
	 * Hold a request. A request that comes as one message with its end is taken apart:
	 * Reactor Netty turns auto-read on at the end, and would do so after the WebSocket
	 * has turned it off. Everything would be read then, also for a handler that reads
	 * nothing. Netty passes such messages for HTTP/1.1 where HTTP/2 is enabled, and for
	 * requests that end their streams.
	 * @param request the request, or its head
	 * @return what holds it
	 */
	static HandshakeBody of(HttpRequest request) {
		if (!(request instanceof FullHttpRequest full)) {
			return new HandshakeBody(request);
		}
		HttpRequest head = new DefaultHttpRequest(full.protocolVersion(), full.method(), full.uri(), full.headers());
		head.setDecoderResult(full.decoderResult());
		HandshakeBody body = new HandshakeBody(head);
		if (full.content().isReadable()) {
			body.add(new DefaultLastHttpContent(full.content()));
		}
		else {
			full.release();
			body.add(LastHttpContent.EMPTY_LAST_CONTENT);
		}
		return body;
	}

	/**
	 * Return whether a body follows the head of a request. Over HTTP/2 the frames are in
	 * its body.
	 * @param request the head
	 * @return whether it says so
	 */
	static boolean follows(HttpRequest request) {
		return !HttpMethod.CONNECT.equals(request.method())
				&& (HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0);
	}

	/**
	 * Hold a part of the body.
	 * @param part the part
	 */
	void add(HttpContent part) {
		this.parts.add(part);
	}

	/**
	 * Pass what is held on, up to where it has upgraded the connection, and drop the
	 * rest.
	 * @param context where it was seen
	 */
	void pass(ChannelHandlerContext context) {
		while (!this.parts.isEmpty() && !(ChannelOperations.get(context.channel()) instanceof WebsocketInbound)) {
			context.fireChannelRead(this.parts.remove());
		}
		release();
	}

	void release() {
		this.parts.forEach(ReferenceCountUtil::release);
		this.parts.clear();
	}

}
