package io.github.websocketkeepalive.heartbeat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

import io.github.websocketkeepalive.logging.MdcScope;

/**
 * Has the id of the connection in MDC while anything is passed on, or completed by a
 * flush. Confined to the event loop of its channel.
 */
final class MdcHeartbeatHandler extends HeartbeatHandler {

	MdcHeartbeatHandler(Heartbeat heartbeat) {
		super(heartbeat);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		try (MdcScope.Open mdc = openMdc()) {
			super.channelInactive(context);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		try (MdcScope.Open mdc = openMdc()) {
			super.channelRead(context, message);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		try (MdcScope.Open mdc = openMdc()) {
			super.channelReadComplete(context);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		try (MdcScope.Open mdc = openMdc()) {
			super.channelWritabilityChanged(context);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		try (MdcScope.Open mdc = openMdc()) {
			super.userEventTriggered(context, event);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		try (MdcScope.Open mdc = openMdc()) {
			super.exceptionCaught(context, cause);
		}
	}

	@Override
	void serve(ChannelHandlerContext context) {
		try (MdcScope.Open mdc = openMdc()) {
			super.serve(context);
		}
	}

	@Override
	public void flush(ChannelHandlerContext context) {
		try (MdcScope.Open mdc = openMdc()) {
			context.flush();
		}
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		try (MdcScope.Open mdc = openMdc()) {
			super.close(context, promise);
		}
	}

	private MdcScope.Open openMdc() {
		return heartbeat().openMdc();
	}

}
