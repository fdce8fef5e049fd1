package io.github.websocketkeepalive.heartbeat;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.guard.InflationLimit;
import io.github.websocketkeepalive.guard.MessageInflater;

/**
 * Reads on while the application does not, so that control frames are seen: keeps data
 * frames in order for the application, within a budget, and has them decoded one by one,
 * so that no more than one exceeds it. Once that is spent nothing more is read, and TCP
 * makes the peer wait. Confined to the event loop of its channel.
 */
abstract class LookAhead extends ChannelDuplexHandler implements InflationLimit {

	/**
	 * How much more than its bytes may be made of what lies undecoded when the connection
	 * ends.
	 */
	private static final int MAX_MORE_AT_END = 256 * 1024;

	/**
	 * Maximum number of frames that are decoded in one turn of the connection, however
	 * many the application asks for.
	 */
	private static final int FRAMES_AT_ONCE = 128;

	private @Nullable HeldFrames held;

	private boolean passing;

	private boolean singly;

	private boolean servesLater;

	private boolean inflationWaits;

	private boolean demanded;

	/**
	 * How often the application has wanted to read, counted to two.
	 */
	private byte reads;

	private boolean delivering;

	private boolean passingPing;

	private boolean pingsAreData;

	private boolean applicationReads;

	/**
	 * Return how much may be held.
	 * @return the budget, in bytes
	 */
	abstract int budget();

	/**
	 * Called when the budget is spent, so that what the peer sends lies unread.
	 */
	void readPaused() {
	}

	/**
	 * Called with each frame.
	 * @param context the context of the handler
	 * @param message the frame
	 */
	abstract void frame(ChannelHandlerContext context, Object message);

	/**
	 * Called at the end of the connection, when too much would become of what the
	 * application has not read, so that the rest is given up.
	 * @param context the context of the handler
	 */
	void inputLost(ChannelHandlerContext context) {
	}

	/**
	 * Return whether what the peer sends is read at present.
	 * @param autoRead whether the application reads
	 * @return {@code false} once the application does not read and the budget is spent,
	 * or while what has been read waits for the next turn
	 */
	final boolean isReading(boolean autoRead) {
		return !this.servesLater && mayRead(autoRead);
	}

	private boolean mayRead(boolean autoRead) {
		return autoRead || this.demanded || (!this.inflationWaits && spent() < budget());
	}

	@Override
	public final int room(Channel channel) {
		if ((this.demanded && this.reads == 2) || channel.config().isAutoRead()) {
			return Integer.MAX_VALUE;
		}
		return Math.max(0, budget() + (channel.isActive() ? 0 : MAX_MORE_AT_END) - spent());
	}

	@Override
	public final void inflationWaits(ChannelPipeline pipeline) {
		this.inflationWaits = true;
		this.demanded = false;
		if (!this.singly) {
			this.singly = UndecodedInput.stopAfterNextFrame(pipeline, this);
		}
	}

	private int spent() {
		return (this.held != null) ? this.held.cost() : 0;
	}

	/**
	 * Return whether the application has ever asked for what the peer sends.
	 * @return {@code false} if nobody has subscribed
	 */
	final boolean isOfInterest() {
		return this.applicationReads;
	}

	/**
	 * Serve the application's wish to read, from what is held first. Reactor Netty reads
	 * on after its pong, which is no such wish. It also reads once after its handshake,
	 * and nothing large is inflated for that. It turns auto-read on while it passes
	 * frames on, and queues all that it is given until that call returns: what is held is
	 * delivered in the next turn.
	 * @param context the context of the handler
	 */
	@Override
	public final void read(ChannelHandlerContext context) {
		if (this.passingPing && !this.pingsAreData) {
			return;
		}
		this.demanded = !isAutoRead(context);
		this.reads = (byte) Math.min(this.reads + 1, 2);
		if (this.demanded || !(this.held != null || this.singly || this.inflationWaits)) {
			serve(context);
		}
		else {
			serveLater(context);
		}
	}

	/**
	 * Deliver, decode and read, as far as the application wants more and the budget goes.
	 * @param context the context of the handler
	 */
	void serve(ChannelHandlerContext context) {
		if (!this.delivering && !context.isRemoved()) {
			deliver(context);
			decodeOn(context);
			readOnOrPause(context);
		}
	}

	// A task that is executed comes before the sockets of other connections, one that is
	// scheduled behind them. Nobody else hears of what it fails with.
	private void serveLater(ChannelHandlerContext context) {
		if (!this.servesLater) {
			this.servesLater = true;
			context.executor().schedule(() -> {
				this.servesLater = false;
				try {
					serve(context);
				}
				catch (RuntimeException | Error ex) {
					exceptionCaught(context, ex);
				}
			}, 0, TimeUnit.NANOSECONDS);
		}
	}

	@Override
	public abstract void exceptionCaught(ChannelHandlerContext context, Throwable cause);

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.passing = true;
		frame(context, message);
	}

	/**
	 * Read on, unless the budget is spent or what has arrived is not all decoded. To be
	 * called again before a verdict: an application that turns auto-read off cancels a
	 * read that is under way, and tells nobody.
	 * @param context the context of the handler
	 */
	final void readOn(ChannelHandlerContext context) {
		if (!this.passing && isReading(isAutoRead(context))) {
			context.read();
		}
	}

	/**
	 * Pass a data frame on, or hold it until the application reads.
	 * @param context the context of the handler
	 * @param frame the frame
	 */
	final void data(ChannelHandlerContext context, Object frame) {
		if (this.held == null && !this.delivering && wantsMore(context)) {
			this.demanded = false;
			context.fireChannelRead(frame);
		}
		else {
			hold(frame);
			deliver(context);
		}
		if (!this.singly && !wantsMore(context)) {
			this.singly = UndecodedInput.stopAfterNextFrame(context.pipeline(), this);
		}
	}

	private void hold(Object frame) {
		HeldFrames held = this.held;
		if (held == null) {
			held = new HeldFrames();
			this.held = held;
		}
		held.add(frame);
	}

	/**
	 * Pass a ping on, before data that is held, because Reactor Netty answers it. Where
	 * it was seen to leave that to the application, a ping is data.
	 * @param context the context of the handler
	 * @param ping the ping
	 */
	final void ping(ChannelHandlerContext context, Object ping) {
		if (this.pingsAreData) {
			data(context, ping);
			return;
		}
		this.pingsAreData = true;
		this.passingPing = true;
		context.fireChannelRead(ping);
		this.passingPing = false;
	}

	/**
	 * Return whether pings are left to the application.
	 * @return {@code true} once Reactor Netty was seen not to answer one
	 */
	final boolean leavesPings() {
		return this.pingsAreData;
	}

	/**
	 * Tell that a pong is being written.
	 */
	final void pongWritten() {
		if (this.passingPing) {
			this.pingsAreData = false;
		}
	}

	/**
	 * Read on after a pass over the socket, unless the budget is spent.
	 */
	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		context.fireChannelReadComplete();
		this.passing = false;
		decodeOn(context);
		if (!isAutoRead(context)) {
			readOnOrPause(context);
		}
	}

	private void readOnOrPause(ChannelHandlerContext context) {
		readOn(context);
		if (!mayRead(isAutoRead(context))) {
			readPaused();
		}
	}

	// Not while frames are passed on: the decoder is at work then.
	private void decodeOn(ChannelHandlerContext context) {
		if (this.passing || !(this.singly || this.inflationWaits)) {
			return;
		}
		this.passing = true;
		try {
			inflateOn(context.pipeline());
			boolean more = this.singly;
			for (int frames = 0; more && isReading(isAutoRead(context)); frames++) {
				if (frames == FRAMES_AT_ONCE) {
					serveLater(context);
					return;
				}
				this.singly = !isAutoRead(context);
				more = UndecodedInput.decode(context.pipeline(), this.singly);
				context.fireChannelReadComplete();
			}
		}
		finally {
			this.passing = false;
		}
	}

	private void inflateOn(ChannelPipeline pipeline) {
		if (this.inflationWaits) {
			this.inflationWaits = false;
			MessageInflater.resume(pipeline);
		}
	}

	/**
	 * Decode what has arrived before the connection ended, which can wait no longer.
	 * @param context the context of the handler
	 * @param bytes how much that is, at most
	 */
	final void inputEnded(ChannelHandlerContext context, int bytes) {
		long most = (long) budget() + bytes + MAX_MORE_AT_END;
		inflateOn(context.pipeline());
		boolean more = true;
		while (more && !this.inflationWaits && spent() <= most) {
			more = UndecodedInput.decode(context.pipeline(), true);
		}
		if (this.inflationWaits || more && UndecodedInput.decode(context.pipeline(), true)) {
			inputLost(context);
		}
	}

	/**
	 * Pass everything on that is held, whether the application reads or not, because the
	 * connection ends.
	 * @param context the context of the handler
	 */
	final void flushHeld(ChannelHandlerContext context) {
		takeHeld().forEach(context::fireChannelRead);
	}

	/**
	 * Release what is held, because nobody will read it.
	 */
	final void releaseHeld() {
		takeHeld().forEach(ReferenceCountUtil::release);
	}

	private Iterable<Object> takeHeld() {
		HeldFrames held = this.held;
		this.held = null;
		return (held != null) ? held.frames() : List.of();
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
		HeldFrames held = this.held;
		while (held != null && wantsMore(context)) {
			Object frame = held.remove();
			if (held.isEmpty()) {
				this.held = null;
			}
			this.demanded = false;
			context.fireChannelRead(frame);
			held = this.held;
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

}
