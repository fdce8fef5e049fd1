package io.github.websocketkeepalive.heartbeat;

import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.liveness.Evidence;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.LivenessDecision;
import io.github.websocketkeepalive.liveness.LivenessPolicy;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.liveness.PingMode;
import io.github.websocketkeepalive.liveness.SuspectRound;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.transport.TcpEvidence;
import io.github.websocketkeepalive.transport.WireMeter;

/**
 * The heartbeat of one connection: carries out what its {@link LivenessTracker} decides.
 * Confined to the event loop of its channel.
 */
final class Heartbeat extends HeartbeatConnection implements SuspectRound.Suspect {

	private static final int TIMEOUT_CODE = CloseCause.PING_TIMEOUT.code();

	private static final String TIMEOUT_REASON = "keepalive ping timeout";

	private static final long MAX_RECONNECT_AFTER_MILLIS = 1000;

	private final LoopHeartbeats loop;

	private final int prefix;

	private int index = -1;

	private @Nullable Ping ping;

	private @Nullable TcpEvidence evidence;

	Heartbeat(ConnectionDetails details, LivenessTracker tracker, WireMeter meter, LoopHeartbeats loop) {
		super(details, tracker, meter);
		this.loop = loop;
		this.prefix = loop.random().nextInt();
	}

	String idOnLoop() {
		return this.loop.idOf(getSessionId());
	}

	Heartbeats.Options options() {
		return this.loop.options();
	}

	@Override
	MdcScope.Open openMdc() {
		return options().mdc().open(idOnLoop());
	}

	void start() {
		this.index = this.loop.add(this, tracker().dueAt());
		this.loop.registry().opened(this);
	}

	void end() {
		if (this.index >= 0) {
			this.loop.remove(this.index);
			this.index = -1;
			this.loop.registry().closed(this, ended().cause(), ended().code());
		}
	}

	void foreignPingSent() {
		LivenessPolicy policy = tracker().policy();
		long ownInterval = (policy.mode() != PingMode.NEVER) ? policy.intervalNanos() : -1;
		foreignPings().sent(this, ownInterval, System.nanoTime(), this.loop.twoHeartbeats());
	}

	void foreignPingReceived() {
		foreignPings().received();
	}

	@Override
	void applicationRuns(boolean runs) {
		if (this.index >= 0) {
			handler().applicationRuns(context(), runs);
		}
	}

	void closing() {
		tracker().closing(this.loop.now(), getPendingBytes());
		reschedule();
	}

	/**
	 * Return whether an answer to a Close frame may come.
	 * @return {@code false} for a peer that was given up, or whose transport has failed
	 */
	boolean mayBeAnswered() {
		return isClosing() && meter().connectionFailure() == null;
	}

	/**
	 * Take a pong as the answer to its ping and to all before it: RFC 6455 section 5.5.3
	 * lets a peer answer only the latest.
	 * @param pong the pong
	 * @return whether it answers a ping of ours
	 */
	boolean acknowledge(PongWebSocketFrame pong) {
		int sequence = PingPayload.decode(pong.content(), this.prefix);
		if (sequence <= 0 || sequence > lastPing()) {
			return false;
		}
		Ping ping = this.ping;
		if (ping != null && sequence > ping.lastAnswered) {
			ping.lastAnswered = sequence;
			boolean latest = sequence == lastPing();
			long rttNanos = latest ? System.nanoTime() - ping.flushedNanos : -1;
			this.ping = latest ? null : ping;
			this.evidence = null;
			pongReceived(rttNanos);
			tracker().pongReceived(bytesReceived());
			reschedule();
			this.loop.registry().ponged(this, sequence, rttNanos);
		}
		return true;
	}

	void movedTo(int index) {
		this.index = index;
	}

	void sweep(long now) {
		LivenessDecision decision = tracker().check(now, bytesReceived(), channel().isWritable(), getPendingBytes());
		switch (decision) {
			case SEND_PING -> ping();
			case RESET -> WireMeter.reset(channel());
			case SUSPECT -> suspect();
			default -> {
			}
		}
		reschedule();
	}

	@Override
	public LivenessTracker tracker() {
		return super.tracker();
	}

	@Override
	public LivenessDecision verdict(long now) {
		if (this.index < 0) {
			return LivenessDecision.WAIT;
		}
		Evidence evidence = look();
		boolean unread = this.evidence != null && this.evidence.isUnread();
		boolean reading = !unread && handler().isReading(channel().config().isAutoRead());
		LivenessDecision verdict = tracker().verdict(now, bytesReceived(), reading, evidence);
		HoldReason reason = tracker().heldBy();
		if (verdict == LivenessDecision.HOLD && reason != null) {
			this.loop.registry().held(this, reason);
		}
		this.evidence = (verdict != LivenessDecision.WAIT) ? this.evidence : null;
		reschedule();
		return verdict;
	}

	@Override
	public boolean isOpen() {
		return this.index >= 0 && channel().isOpen();
	}

	@Override
	public void deferred(HoldReason reason) {
		this.loop.registry().held(this, reason);
		reschedule();
	}

	@Override
	public void giveUp(long now) {
		boolean lost = this.evidence != null && this.evidence.isLost();
		boolean transportDead = tracker().die(now) == HoldReason.SLOW_PEER || lost;
		endsBy(transportDead ? CloseCause.TRANSPORT_DEAD : CloseCause.PING_TIMEOUT);
		boolean writable = channel().isWritable();
		CloseHandshake.start(channel(), TIMEOUT_CODE, TIMEOUT_REASON);
		if (!writable) {
			WireMeter.reset(channel());
		}
		reschedule();
	}

	/**
	 * Tell that the output has become full.
	 */
	void blocked() {
		if (this.index >= 0) {
			this.loop.blocked(this);
		}
	}

	/**
	 * Return whether what arrives all at once may be the fault of this process.
	 * @return whether the event loop stood still of late
	 */
	boolean isExcused() {
		return this.loop.hasStalledOfLate();
	}

	/**
	 * Close the connection if it is too old. It may come back at once; a little later
	 * where many are as old.
	 */
	void endIfTooOld() {
		long age = TimeUnit.NANOSECONDS.toMillis(ageNanos());
		if (!tracker().isClosing() && options().guard().isTooOld(channel().id().hashCode(), age)) {
			long reconnectAfter = this.loop.random().nextLong(MAX_RECONNECT_AFTER_MILLIS);
			close(CloseCause.MAX_AGE, options().guard().maxAgeCode(), "reconnect-after=" + reconnectAfter);
		}
	}

	private void ping() {
		int sequence = pingSent();
		Ping ping = new Ping((this.ping != null) ? this.ping.lastAnswered : sequence - 1);
		this.ping = ping;
		ChannelHandlerContext context = context();
		handler().readOn(context);
		try {
			context.writeAndFlush(new PingWebSocketFrame(PingPayload.encode(channel().alloc(), this.prefix, sequence)))
				.addListener(ping);
		}
		catch (OutOfMemoryError ex) {
			ping.failed(ex);
			return;
		}
		this.loop.registry().pinged(this, sequence);
	}

	private void suspect() {
		if (this.loop.suspect(this)) {
			handler().readOn(context());
		}
	}

	private Evidence look() {
		if (this.evidence == null || tracker().heldBy() == null) {
			this.evidence = (this.ping != null) ? new TcpEvidence(this.ping.bytesUpTo) : new TcpEvidence();
		}
		return this.evidence.look(channel(), tracker().policy().timeoutNanos());
	}

	private void reschedule() {
		if (this.index >= 0) {
			this.loop.reschedule(this.index, tracker().dueAt());
		}
	}

	private long bytesReceived() {
		return meter().bytesReceived();
	}

	private ChannelHandlerContext context() {
		return channel().pipeline().context(HeartbeatHandler.NAME);
	}

	private HeartbeatHandler handler() {
		return (HeartbeatHandler) context().handler();
	}

	/**
	 * What is known of the last ping, as long as it is not answered.
	 */
	private final class Ping implements ChannelFutureListener {

		private int lastAnswered;

		private long flushedNanos = System.nanoTime();

		private long bytesUpTo = Long.MAX_VALUE;

		Ping(int lastAnswered) {
			this.lastAnswered = lastAnswered;
		}

		@Override
		public void operationComplete(ChannelFuture written) {
			if (!written.isSuccess()) {
				failed(written.cause());
			}
			else if (Heartbeat.this.ping == this) {
				this.flushedNanos = System.nanoTime();
				this.bytesUpTo = TcpEvidence.bytesSent(channel());
				tracker().pingFlushed(Heartbeat.this.loop.now(), bytesReceived());
				reschedule();
			}
		}

		// That this process has no memory for a ping says nothing about the peer.
		void failed(Throwable failure) {
			if (MemoryShortage.isCauseOf(failure)) {
				tracker().pingFailed();
				reschedule();
			}
			else {
				meter().failed(failure);
			}
		}

	}

}
