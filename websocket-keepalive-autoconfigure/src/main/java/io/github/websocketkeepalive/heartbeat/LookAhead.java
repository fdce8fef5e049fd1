package io.github.websocketkeepalive.heartbeat;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Reads on while the application does not, so that control frames are seen: keeps data
 * frames in order for the application, within a budget. Once that is spent nothing more
 * is read, and TCP makes the peer wait. Confined to the event loop of its channel.
 */
final class LookAhead {

	/**
	 * What a frame costs beyond its payload: its objects on the heap.
	 */
	private static final int FRAME_COST = 128;

	private final int budget;

	private int spent;

	private @Nullable Queue<Object> held;

	private boolean demanded;

	private boolean delivering;

	private boolean passingPing;

	private boolean applicationReads;

	private PingAnswers pingAnswers = PingAnswers.UNKNOWN;

	LookAhead(int budget) {
		this.budget = budget;
	}

	/**
	 * Return whether what the peer sends is read at present.
	 * @param autoRead whether the application reads
	 * @return {@code false} once the application does not read and the budget is spent
	 */
	boolean isReading(boolean autoRead) {
		return autoRead || this.demanded || this.spent < this.budget;
	}

	/**
	 * Return whether the application has ever asked for what the peer sends.
	 * @return {@code false} if nobody has subscribed
	 */
	boolean isOfInterest() {
		return this.applicationReads;
	}

	/**
	 * Serve the application's wish to read, from what is held first. That Reactor Netty
	 * reads on after its pong is no such wish.
	 * @param context the context of the handler
	 */
	void read(ChannelHandlerContext context) {
		if (this.passingPing && this.pingAnswers == PingAnswers.BY_REACTOR_NETTY) {
			return;
		}
		this.demanded = !isAutoRead(context);
		if (!this.delivering) {
			deliver(context);
			readOn(context);
		}
	}

	/**
	 * Read on, unless the budget is spent. To be called again before a verdict: an
	 * application that turns auto-read off cancels a read that is under way, and tells
	 * nobody.
	 * @param context the context of the handler
	 */
	void readOn(ChannelHandlerContext context) {
		if (isReading(isAutoRead(context))) {
			context.read();
		}
	}

	/**
	 * Pass a data frame on, or hold it until the application reads.
	 * @param context the context of the handler
	 * @param frame the frame
	 */
	void data(ChannelHandlerContext context, Object frame) {
		if (this.held == null && !this.delivering && wantsMore(context)) {
			this.demanded = false;
			context.fireChannelRead(frame);
			return;
		}
		if (this.held == null) {
			this.held = new ArrayDeque<>();
		}
		this.held.add(frame);
		this.spent += cost(frame);
		deliver(context);
	}

	/**
	 * Pass a ping on, before data that is held, because Reactor Netty answers it. Where
	 * it was seen to leave that to the application, a ping is data.
	 * @param context the context of the handler
	 * @param ping the ping
	 */
	void ping(ChannelHandlerContext context, Object ping) {
		if (this.pingAnswers == PingAnswers.BY_APPLICATION) {
			data(context, ping);
			return;
		}
		this.pingAnswers = PingAnswers.BY_APPLICATION;
		this.passingPing = true;
		context.fireChannelRead(ping);
		this.passingPing = false;
	}

	/**
	 * Tell that a pong is being written.
	 */
	void pongWritten() {
		if (this.passingPing) {
			this.pingAnswers = PingAnswers.BY_REACTOR_NETTY;
		}
	}

	/**
	 * Read on after a pass over the socket, unless the budget is spent.
	 * @param context the context of the handler
	 */
	void readComplete(ChannelHandlerContext context) {
		if (!isAutoRead(context) && isReading(false)) {
			context.read();
		}
	}

	/**
	 * Pass everything on that is held, whether the application reads or not, because the
	 * connection ends.
	 * @param context the context of the handler
	 */
	void flush(ChannelHandlerContext context) {
		Queue<Object> frames = this.held;
		this.held = null;
		this.spent = 0;
		if (frames != null) {
			frames.forEach(context::fireChannelRead);
		}
	}

	/**
	 * Release what is held, because nobody will read it.
	 */
	void release() {
		Queue<Object> frames = this.held;
		this.held = null;
		this.spent = 0;
		if (frames != null) {
			frames.forEach(ReferenceCountUtil::release);
		}
	}

	// The application may read again while it is given a frame: that is noted, not
	// nested.
	private void deliver(ChannelHandlerContext context) {
		if (this.delivering) {
			return;
		}
		this.delivering = true;
		try {
			while (this.held != null && wantsMore(context)) {
				deliverBurst(context);
				context.fireChannelReadComplete();
			}
		}
		finally {
			this.delivering = false;
		}
	}

	private void deliverBurst(ChannelHandlerContext context) {
		Queue<Object> frames = this.held;
		while (frames != null && wantsMore(context)) {
			Object frame = frames.remove();
			this.spent -= cost(frame);
			if (frames.isEmpty()) {
				this.held = null;
			}
			this.demanded = false;
			context.fireChannelRead(frame);
			frames = this.held;
		}
	}

	private boolean wantsMore(ChannelHandlerContext context) {
		return this.demanded || isAutoRead(context);
	}

	private boolean isAutoRead(ChannelHandlerContext context) {
		boolean autoRead = context.channel().config().isAutoRead();
		this.applicationReads |= autoRead;
		return autoRead;
	}

	private static int cost(Object frame) {
		return FRAME_COST + ((frame instanceof ByteBufHolder holder) ? holder.content().readableBytes() : 0);
	}

	private enum PingAnswers {

		UNKNOWN, BY_REACTOR_NETTY, BY_APPLICATION

	}

}
