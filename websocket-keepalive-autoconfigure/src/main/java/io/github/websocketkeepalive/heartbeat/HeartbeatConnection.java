package io.github.websocketkeepalive.heartbeat;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.ManagedConnection;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.transport.ConnectionTap;
import io.github.websocketkeepalive.transport.TransportName;

/**
 * One WebSocket as others see it, and what is known of its end. Written by the event loop
 * of its channel only.
 */
final class HeartbeatConnection implements ManagedConnection {

	private static final int UNKNOWN_CODE = 0;

	private static final int NO_CLOSE_FRAME = 1006;

	private static final int EMPTY_CLOSE_FRAME = 1005;

	private final Channel channel;

	private final ConnectionDetails details;

	private final LivenessTracker tracker;

	private final ConnectionTap tap;

	private final long openedAtMillis = System.currentTimeMillis();

	private long rttNanos = -1;

	private int pingsSent;

	private int pongsReceived;

	private @Nullable CloseCause cause;

	private int closeCode = UNKNOWN_CODE;

	HeartbeatConnection(Channel channel, ConnectionDetails details, LivenessTracker tracker, ConnectionTap tap) {
		this.channel = channel;
		this.details = details;
		this.tracker = tracker;
		this.tap = tap;
	}

	Channel channel() {
		return this.channel;
	}

	LivenessTracker tracker() {
		return this.tracker;
	}

	ConnectionTap tap() {
		return this.tap;
	}

	int pingSent() {
		return ++this.pingsSent;
	}

	int lastPing() {
		return this.pingsSent;
	}

	void pongReceived(long rttNanos) {
		this.pongsReceived++;
		if (rttNanos >= 0) {
			this.rttNanos = rttNanos;
		}
	}

	/**
	 * Note why the connection ends. The first cause counts, and a failure of the
	 * transport comes before what it makes the application do.
	 * @param cause the cause
	 */
	void endsBy(CloseCause cause) {
		endsBy(cause, UNKNOWN_CODE);
	}

	/**
	 * Note a Close frame in either direction. The first one counts.
	 * @param cause why there is one, unless the cause is known already
	 * @param frame the frame
	 */
	void endsBy(CloseCause cause, CloseWebSocketFrame frame) {
		int code = frame.statusCode();
		endsBy(cause, (code >= 0) ? code : EMPTY_CLOSE_FRAME);
	}

	void endsBy(CloseCause cause, int code) {
		CloseCause failure = transportFailure();
		if (this.cause == null) {
			this.cause = (failure != null) ? failure : cause;
		}
		if (this.closeCode == UNKNOWN_CODE) {
			this.closeCode = (failure != null) ? NO_CLOSE_FRAME : code;
		}
	}

	/**
	 * Note that the input of the peer could not be decoded. The codec closes the channel
	 * before it tells, so that looks as if the application had.
	 * @param cause what is wrong with the input
	 */
	void undecodable(CloseCause cause) {
		if (this.cause == CloseCause.LOCAL_CLOSED && this.closeCode == UNKNOWN_CODE) {
			this.cause = null;
		}
		endsBy(cause, cause.code());
	}

	/**
	 * Return why the connection has ended, once it has.
	 * @return the cause; without a noted one the peer has just gone
	 */
	CloseCause cause() {
		endsBy(CloseCause.EOF, NO_CLOSE_FRAME);
		return (this.cause != null) ? this.cause : CloseCause.EOF;
	}

	private @Nullable CloseCause transportFailure() {
		if (this.tap.failure() != null || this.channel.parent() == null) {
			return this.tap.failure();
		}
		ConnectionTap parent = (ConnectionTap) this.channel.parent().pipeline().get(ConnectionTap.NAME);
		return (parent != null) ? parent.failure() : null;
	}

	int closeCode() {
		return this.closeCode;
	}

	@Override
	public void close(CloseCause cause, int code, String reason) {
		onEventLoop(() -> {
			endsBy(cause);
			if (!isClosing() && cause.mayReturn()) {
				CloseHandshake.perform(this.channel, code, reason);
			}
			else {
				CloseHandshake.start(this.channel, code, reason);
			}
		});
	}

	@Override
	public void reset(CloseCause cause) {
		onEventLoop(() -> {
			endsBy(cause);
			ConnectionTap.reset(this.channel);
		});
	}

	@Override
	public void handlerFailed(Throwable failure) {
		onEventLoop(() -> {
			boolean byReactorNetty = this.cause == CloseCause.LOCAL_CLOSED && this.closeCode == EMPTY_CLOSE_FRAME;
			if (byReactorNetty) {
				this.cause = FailureCause.of(failure);
			}
			else if (this.channel.isActive()) {
				endsBy(FailureCause.of(failure));
			}
		});
	}

	private void onEventLoop(Runnable task) {
		if (this.channel.eventLoop().inEventLoop()) {
			task.run();
		}
		else {
			this.channel.eventLoop().execute(task);
		}
	}

	@Override
	public String getId() {
		return this.details.id();
	}

	@Override
	public String getSessionId() {
		return this.channel.id().asLongText();
	}

	@Override
	public Role getRole() {
		return this.details.role();
	}

	@Override
	public String getEndpoint() {
		return this.details.endpoint();
	}

	@Override
	public String getPath() {
		return this.details.path();
	}

	@Override
	public @Nullable SocketAddress getRemoteAddress() {
		return this.details.remoteAddress();
	}

	@Override
	public @Nullable String getPrincipal() {
		return this.details.principal();
	}

	@Override
	public @Nullable String getSubprotocol() {
		return this.details.subprotocol();
	}

	@Override
	public String getTransport() {
		return TransportName.of(this.channel);
	}

	@Override
	public Instant getOpenedAt() {
		return Instant.ofEpochMilli(this.openedAtMillis);
	}

	@Override
	public Liveness getLiveness() {
		return this.tracker.liveness();
	}

	@Override
	public @Nullable HoldReason getHeldBy() {
		return this.tracker.heldBy();
	}

	@Override
	public Duration getSinceLastReceived() {
		return Duration.ofNanos(System.nanoTime() - this.tap.lastReceivedNanos());
	}

	@Override
	public @Nullable Duration getRtt() {
		return (this.rttNanos >= 0) ? Duration.ofNanos(this.rttNanos) : null;
	}

	@Override
	public long getPingsSent() {
		return this.pingsSent;
	}

	@Override
	public long getPongsReceived() {
		return this.pongsReceived;
	}

	@Override
	public long getBytesReceived() {
		return this.tap.bytesReceived();
	}

	@Override
	public long getBytesSent() {
		return this.tap.bytesSent();
	}

	@Override
	public long getPendingBytes() {
		return ConnectionTap.pendingBytes(this.channel);
	}

	@Override
	public boolean isClosing() {
		return this.tracker.isClosing();
	}

}
