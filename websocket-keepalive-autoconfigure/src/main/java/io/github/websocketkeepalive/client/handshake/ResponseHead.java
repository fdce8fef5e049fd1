package io.github.websocketkeepalive.client.handshake;

import java.net.ProtocolException;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Passes on the head of a response as soon as it has arrived, as a response without a
 * body, because nobody needs the body and it may never end. Skips interim responses (RFC
 * 9110 section 15.2). Drops whatever follows a response that was not hoped for, also the
 * bytes that the HTTP codec leaves behind when it is removed. Stands behind the HTTP
 * codec of one channel, until the response that is hoped for has come, and is confined to
 * its event loop.
 */
final class ResponseHead extends ChannelInboundHandlerAdapter {

	private static final int MAX_INTERIM_RESPONSES = 16;

	private final HttpResponseStatus success;

	private int interimResponses;

	private boolean decided;

	private boolean succeeded;

	/**
	 * Create a handler.
	 * @param success the status that is hoped for: 101 of a server, or 200 of a proxy
	 */
	ResponseHead(HttpResponseStatus success) {
		this.success = success;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.decided && !this.succeeded) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof HttpResponse response) {
			if (!this.decided) {
				read(context, response);
			}
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof HttpContent) {
			ReferenceCountUtil.release(message);
			if (this.succeeded && message instanceof LastHttpContent) {
				context.pipeline().remove(this);
			}
		}
		else {
			context.fireChannelRead(message);
		}
	}

	private void read(ChannelHandlerContext context, HttpResponse response) {
		HttpResponseStatus status = response.status();
		Throwable fault = fault(response);
		if (fault instanceof PrematureChannelClosureException) {
			// The end of the channel follows, and says the same.
			return;
		}
		if (fault != null) {
			fail(context, new ProtocolException(String.valueOf(fault.getMessage())));
		}
		else if (status.codeClass() != HttpStatusClass.INFORMATIONAL || status.equals(this.success)) {
			this.decided = true;
			this.succeeded = status.equals(this.success);
			decide(context, response);
		}
		else if (++this.interimResponses > MAX_INTERIM_RESPONSES) {
			fail(context, new ProtocolException("more than " + MAX_INTERIM_RESPONSES + " interim responses"));
		}
		else {
			context.read();
		}
	}

	private void decide(ChannelHandlerContext context, HttpResponse response) {
		if (!this.succeeded && this.success.equals(HttpResponseStatus.OK)) {
			context.fireExceptionCaught(HandshakeRefusedException.ofProxy(response));
		}
		else {
			context.fireChannelRead(new DefaultFullHttpResponse(response.protocolVersion(), response.status(),
					Unpooled.EMPTY_BUFFER, response.headers(), EmptyHttpHeaders.INSTANCE));
		}
	}

	private void fail(ChannelHandlerContext context, Throwable failure) {
		this.decided = true;
		context.fireExceptionCaught(failure);
	}

	// A refusal counts as soon as its status is known, whatever is wrong with its
	// headers.
	private @Nullable Throwable fault(HttpResponse response) {
		HttpStatusClass kind = response.status().codeClass();
		boolean refusal = kind != HttpStatusClass.INFORMATIONAL && kind != HttpStatusClass.UNKNOWN
				&& !response.status().equals(this.success);
		return refusal ? null : response.decoderResult().cause();
	}

}
