package io.github.websocketkeepalive.heartbeat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

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
		@Nullable String previous = openMdc();
		try {
			super.channelInactive(context);
		}
		finally {
			closeMdc(previous);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		@Nullable String previous = openMdc();
		try {
			super.channelRead(context, message);
		}
		finally {
			closeMdc(previous);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		@Nullable String previous = openMdc();
		try {
			super.channelReadComplete(context);
		}
		finally {
			closeMdc(previous);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		@Nullable String previous = openMdc();
		try {
			super.channelWritabilityChanged(context);
		}
		finally {
			closeMdc(previous);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		@Nullable String previous = openMdc();
		try {
			super.userEventTriggered(context, event);
		}
		finally {
			closeMdc(previous);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		@Nullable String previous = openMdc();
		try {
			super.exceptionCaught(context, cause);
		}
		finally {
			closeMdc(previous);
		}
	}

	@Override
	public void flush(ChannelHandlerContext context) {
		@Nullable String previous = openMdc();
		try {
			context.flush();
		}
		finally {
			closeMdc(previous);
		}
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		@Nullable String previous = openMdc();
		try {
			super.close(context, promise);
		}
		finally {
			closeMdc(previous);
		}
	}

	private @Nullable String openMdc() {
		return heartbeat().options().mdc().open(heartbeat().idOnLoop());
	}

	private void closeMdc(@Nullable String previous) {
		heartbeat().options().mdc().close(previous);
	}

}
