package io.github.websocketkeepalive.heartbeat;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ConnectionDetails;
import io.github.websocketkeepalive.connection.ConnectionId;
import io.github.websocketkeepalive.connection.ManagedConnection;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;
import io.github.websocketkeepalive.liveness.LivenessTracker;
import io.github.websocketkeepalive.logging.MdcScope;
import io.github.websocketkeepalive.peer.RequestTarget;
import io.github.websocketkeepalive.transport.TransportName;
import io.github.websocketkeepalive.transport.WireMeter;

/**
 * One WebSocket as others see it, and what is known of its end. Written by the event loop
 * of its channel only.
 */
abstract class HeartbeatConnection implements ManagedConnection {

	private final WireMeter meter;

	private final LivenessTracker tracker;

	private final Role role;

	private final String endpoint;

	private final String uri;

	private final @Nullable SocketAddress remoteAddress;

	private final @Nullable String principal;

	private final @Nullable String subprotocol;

	private final long openedAtNanos = System.nanoTime();

	private long rttNanos = -1;

	private int pingsSent;

	private int pongsReceived;

	private @Nullable ForeignPings foreignPings;

	private @Nullable ConnectionEnd end;

	HeartbeatConnection(ConnectionDetails details, LivenessTracker tracker, WireMeter meter) {
		this.meter = meter;
		this.tracker = tracker;
		this.role = details.role();
		this.endpoint = details.endpoint();
		this.uri = details.uri();
		this.remoteAddress = details.remoteAddress();
		this.principal = details.principal();
		this.subprotocol = details.subprotocol();
	}

	final Channel channel() {
		return this.meter.channel();
	}

	LivenessTracker tracker() {
		return this.tracker;
	}

	final WireMeter meter() {
		return this.meter;
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

	ForeignPings foreignPings() {
		if (this.foreignPings == null) {
			this.foreignPings = new ForeignPings();
		}
		return this.foreignPings;
	}

	/**
	 * Note why the connection ends. The first cause counts, and a failure of the
	 * transport comes before what it makes the application do.
	 * @param cause the cause
	 */
	void endsBy(CloseCause cause) {
		endsBy(cause, ConnectionEnd.UNKNOWN_CODE);
	}

	/**
	 * Note a Close frame in either direction. The first one counts.
	 * @param cause why there is one, unless the cause is known already
	 * @param frame the frame
	 */
	void endsBy(CloseCause cause, CloseWebSocketFrame frame) {
		int code = frame.statusCode();
		endsBy(cause, (code >= 0) ? code : ConnectionEnd.EMPTY_CLOSE_FRAME);
	}

	/**
	 * Note why the connection ends, and with which code.
	 * @param cause the cause
	 * @param code the code
	 */
	void endsBy(CloseCause cause, int code) {
		CloseCause failure = this.meter.connectionFailure();
		if (failure != null) {
			knownEnd().note(failure, ConnectionEnd.NO_CLOSE_FRAME);
		}
		else {
			knownEnd().note(cause, code);
		}
	}

	/**
	 * Return why the connection has ended, once it has.
	 * @return the cause and the code; without noted ones the peer has just gone
	 */
	ConnectionEnd ended() {
		endsBy(CloseCause.EOF, ConnectionEnd.NO_CLOSE_FRAME);
		return knownEnd();
	}

	private ConnectionEnd knownEnd() {
		if (this.end == null) {
			this.end = new ConnectionEnd();
		}
		return this.end;
	}

	@Override
	public void close(CloseCause cause, int code, String reason) {
		this.meter.onEventLoop(() -> {
			endsBy(cause);
			CloseHandshake.start(channel(), code, reason);
		});
	}

	@Override
	public void reset(CloseCause cause) {
		this.meter.onEventLoop(() -> {
			endsBy(cause);
			WireMeter.reset(channel());
		});
	}

	@Override
	public boolean hasAnsweredClose() {
		return CloseHandshake.isAnswered(channel());
	}

	@Override
	public void handlerStarted() {
		this.meter.onEventLoop(() -> applicationRuns(true));
	}

	@Override
	public void handlerCompleted() {
		this.meter.onEventLoop(() -> applicationRuns(false));
	}

	@Override
	public void handlerFailed(Throwable failure) {
		this.meter.onEventLoop(() -> {
			boolean open = channel().isActive();
			HandlerFailure.Before before = before(open);
			if (!knownEnd().explain(failure) && open) {
				endsBy(ConnectionEnd.causeOf(failure));
			}
			try (MdcScope.Open mdc = openMdc()) {
				if (MemoryShortage.isCauseOf(failure)) {
					MemoryShortage.log(getId(), failure);
				}
				else {
					HandlerFailure.log(this, before, failure);
				}
			}
			applicationRuns(false);
		});
	}

	private HandlerFailure.Before before(boolean open) {
		ConnectionEnd end = knownEnd();
		boolean gone = !open || this.meter.connectionFailure() != null;
		boolean undecodable = end.isOfInput() || LingeringClose.isInstalled(channel().pipeline());
		return new HandlerFailure.Before(gone || end.isDecided(), gone, undecodable);
	}

	/**
	 * Put the id of this connection into MDC.
	 * @return what restores it, on the same thread
	 */
	abstract MdcScope.Open openMdc();

	/**
	 * Called on the event loop when the application's handler is called, and when it has
	 * ended.
	 * @param runs whether it runs
	 */
	abstract void applicationRuns(boolean runs);

	/**
	 * Return whether the application's handler has failed, which ends the connection.
	 * @return whether that is the cause
	 */
	final boolean hasHandlerFailed() {
		return knownEnd().cause() == CloseCause.HANDLER_ERROR;
	}

	@Override
	public String getId() {
		return ConnectionId.of(getSessionId());
	}

	@Override
	public String getSessionId() {
		return channel().id().asLongText();
	}

	@Override
	public Role getRole() {
		return this.role;
	}

	@Override
	public String getEndpoint() {
		return this.endpoint;
	}

	@Override
	public String getPath() {
		return RequestTarget.path(this.uri);
	}

	@Override
	public @Nullable SocketAddress getRemoteAddress() {
		return this.remoteAddress;
	}

	@Override
	public @Nullable String getPrincipal() {
		return this.principal;
	}

	@Override
	public @Nullable String getSubprotocol() {
		return this.subprotocol;
	}

	@Override
	public String getTransport() {
		return TransportName.of(channel());
	}

	final long ageNanos() {
		return System.nanoTime() - this.openedAtNanos;
	}

	@Override
	public Instant getOpenedAt() {
		return Instant.now().minusNanos(ageNanos()).truncatedTo(ChronoUnit.MILLIS);
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
		return Duration.ofNanos(System.nanoTime() - this.meter.lastReceivedNanos());
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
	public long getForeignPings() {
		return (this.foreignPings != null) ? this.foreignPings.count() : 0;
	}

	@Override
	public long getBytesReceived() {
		return this.meter.bytesReceived();
	}

	@Override
	public long getBytesSent() {
		return this.meter.bytesSent();
	}

	@Override
	public long getPendingBytes() {
		return this.meter.bytesPending();
	}

	@Override
	public boolean isClosing() {
		return this.tracker.isClosing();
	}

}
