package io.github.websocketkeepalive.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.admission.AdmissionGate;

/**
 * Closes a TCP connection on which the headers of no request have come in time, however
 * many bytes have. Leaves with the first request, so that it costs nothing from then on.
 */
public final class HandshakeDeadline extends ChannelInboundHandlerAdapter {

	/**
	 * Its name in the pipeline.
	 */
	public static final String NAME = "websocket-keepalive.deadline";

	private final Duration timeout;

	private final AdmissionGate gate;

	private @Nullable Future<?> deadline;

	/**
	 * Create a deadline for one connection.
	 * @param timeout how long the headers of its first request may take
	 * @param gate what is told of those that take longer
	 */
	public HandshakeDeadline(Duration timeout, AdmissionGate gate) {
		this.timeout = timeout;
		this.gate = gate;
	}

	/**
	 * Tell that a request has come.
	 * @param channel the channel of the request, or the stream of HTTP/2
	 */
	public static void met(Channel channel) {
		Channel connection = (channel instanceof Http2StreamChannel) ? channel.parent() : channel;
		if (connection.pipeline().get(NAME) != null) {
			connection.pipeline().remove(NAME);
		}
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.deadline = context.executor()
			.schedule(() -> missed(context), this.timeout.toNanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		if (this.deadline != null) {
			this.deadline.cancel(false);
		}
	}

	private void missed(ChannelHandlerContext context) {
		this.gate.rejected("handshake-timeout", context.channel().remoteAddress());
		context.close();
	}

}
