package io.github.websocketkeepalive.heartbeat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.liveness.Evidence;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.LivenessDecision;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.transport.ConnectionTap;
import io.github.websocketkeepalive.transport.TcpEvidence;

/**
 * The heartbeat of one connection: carries out what its {@link LivenessTracker} decides.
 * Confined to the event loop of its channel.
 */
final class Heartbeat implements ChannelFutureListener {

	private static final int TIMEOUT_CODE = CloseCause.PING_TIMEOUT.code();

	private static final String TIMEOUT_REASON = "keepalive ping timeout";

	private final HeartbeatConnection connection;

	private final LoopHeartbeats loop;

	private final LookAhead lookAhead;

	private final int prefix;

	private int index = -1;

	private int lastAnswered;

	private long pingFlushedNanos;

	private long bytesUpToPing = Long.MAX_VALUE;

	private @Nullable TcpEvidence evidence;

	private boolean suspect;

	private boolean lost;

	Heartbeat(HeartbeatConnection connection, LoopHeartbeats loop, LookAhead lookAhead) {
		this.connection = connection;
		this.loop = loop;
		this.lookAhead = lookAhead;
		this.prefix = loop.random().nextInt();
	}

	void start() {
		this.index = this.loop.add(this, tracker().dueAt());
		this.loop.registry().opened(this.connection);
	}

	void end() {
		if (this.index >= 0) {
			if (this.connection.getForeignPings() > 0) {
				this.loop.twoHeartbeats().closed(this.connection);
			}
			this.loop.remove(this.index);
			this.index = -1;
			this.loop.registry().closed(this.connection, this.connection.cause(), this.connection.closeCode());
		}
	}

	MdcScope mdc() {
		return this.loop.mdc();
	}

	void foreignPingSent() {
		LivenessPolicy policy = tracker().policy();
		long ownInterval = (policy.mode() != PingMode.NEVER) ? policy.intervalNanos() : -1;
		this.connection.foreignPings().sent(this.connection, ownInterval, System.nanoTime(), this.loop.twoHeartbeats());
	}

	void foreignPingReceived() {
		this.connection.foreignPings().received(this.connection, System.nanoTime(), this.loop.twoHeartbeats());
	}

	void closing() {
		tracker().closing(this.loop.now(), this.connection.getPendingBytes());
		reschedule();
	}

	/**
	 * Take a pong as the answer to its ping and to all before it: RFC 6455 section 5.5.3
	 * lets a peer answer only the latest.
	 * @param pong the pong
	 * @return whether it answers a ping of ours
	 */
	boolean acknowledge(PongWebSocketFrame pong) {
		int sequence = PingPayload.decode(pong.content(), this.prefix);
		int lastPing = this.connection.lastPing();
		if (sequence <= 0 || sequence > lastPing) {
			return false;
		}
		if (sequence > this.lastAnswered) {
			this.lastAnswered = sequence;
			long rttNanos = (sequence == lastPing) ? System.nanoTime() - this.pingFlushedNanos : -1;
			this.connection.pongReceived(rttNanos);
			tracker().pongReceived(bytesReceived());
			reschedule();
			this.loop.registry().ponged(this.connection, sequence, rttNanos);
		}
		return true;
	}

	/**
	 * Called when the write of a ping has ended.
	 */
	@Override
	public void operationComplete(ChannelFuture written) {
		if (written.isSuccess()) {
			this.pingFlushedNanos = System.nanoTime();
			this.bytesUpToPing = TcpEvidence.bytesSent(channel());
			tracker().pingFlushed(this.loop.now(), bytesReceived());
			reschedule();
		}
		else {
			this.connection.tap().failed(written.cause());
		}
	}

	void movedTo(int index) {
		this.index = index;
	}

	void sweep(long now) {
		LivenessDecision decision = tracker().check(now, bytesReceived(), channel().isWritable(),
				this.connection.getPendingBytes());
		switch (decision) {
			case SEND_PING -> ping();
			case RESET -> ConnectionTap.reset(channel());
			case SUSPECT -> suspect();
			default -> {
			}
		}
		reschedule();
	}

	/**
	 * Judge the peer, after the sockets of the event loop were read once more.
	 * @param now the present instant
	 * @return whether it is to be given up
	 */
	boolean isCondemned(long now) {
		this.suspect = false;
		if (this.index < 0) {
			return false;
		}
		Evidence evidence = look();
		boolean unread = this.evidence != null && this.evidence.isUnread();
		boolean reading = !unread && this.lookAhead.isReading(channel().config().isAutoRead());
		this.lost = evidence == Evidence.LOST;
		LivenessDecision verdict = tracker().verdict(now, bytesReceived(), reading, evidence);
		HoldReason reason = tracker().heldBy();
		if (verdict == LivenessDecision.HOLD && reason != null) {
			this.loop.registry().held(this.connection, reason);
		}
		reschedule();
		return verdict == LivenessDecision.CLOSE;
	}

	boolean isOpen() {
		return this.index >= 0 && channel().isOpen();
	}

	boolean isHeld() {
		return tracker().heldBy() != null;
	}

	boolean isSilent(long now) {
		return tracker().isSilent(now);
	}

	boolean hasAnswered(long now) {
		return tracker().hasAnswered(now);
	}

	long timeoutNanos() {
		return tracker().policy().timeoutNanos();
	}

	void defer(long now, HoldReason reason) {
		tracker().defer(now, reason);
		this.loop.registry().held(this.connection, reason);
		reschedule();
	}

	void die(long now) {
		boolean transportDead = tracker().die(now) == HoldReason.SLOW_PEER || this.lost;
		this.connection.endsBy(transportDead ? CloseCause.TRANSPORT_DEAD : CloseCause.PING_TIMEOUT);
		boolean writable = channel().isWritable();
		CloseHandshake.start(channel(), TIMEOUT_CODE, TIMEOUT_REASON);
		if (!writable) {
			ConnectionTap.reset(channel());
		}
		reschedule();
	}

	private void ping() {
		int sequence = this.connection.pingSent();
		PingWebSocketFrame ping = new PingWebSocketFrame(PingPayload.encode(channel().alloc(), this.prefix, sequence));
		ChannelHandlerContext context = channel().pipeline().context(HeartbeatHandler.NAME);
		this.lookAhead.readOn(context);
		context.writeAndFlush(ping).addListener(this);
		this.loop.registry().pinged(this.connection, sequence);
	}

	private void suspect() {
		if (!this.suspect) {
			this.suspect = true;
			this.loop.suspect(this);
			this.lookAhead.readOn(channel().pipeline().context(HeartbeatHandler.NAME));
		}
	}

	private Evidence look() {
		if (this.evidence == null || !isHeld()) {
			this.evidence = new TcpEvidence(this.bytesUpToPing);
		}
		return this.evidence.look(channel(), timeoutNanos());
	}

	private void reschedule() {
		if (this.index >= 0) {
			this.loop.reschedule(this.index, tracker().dueAt());
		}
	}

	private long bytesReceived() {
		return this.connection.tap().bytesReceived();
	}

	private Channel channel() {
		return this.connection.channel();
	}

	private LivenessTracker tracker() {
		return this.connection.tracker();
	}

}
