package io.github.websocketkeepalive.test;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;

import io.github.websocketkeepalive.connection.CloseCause;
import io.github.websocketkeepalive.connection.ManagedConnection;
import io.github.websocketkeepalive.connection.Role;
import io.github.websocketkeepalive.liveness.HoldReason;
import io.github.websocketkeepalive.liveness.Liveness;

/**
 * A connection without a channel, which is what a test says it is.
 */
public final class StubConnection implements ManagedConnection {

	private final String id;

	private long pendingBytes;

	private Role role = Role.SERVER;

	private String endpoint = UNKNOWN_ENDPOINT;

	private SocketAddress remoteAddress;

	private Liveness liveness = Liveness.ALIVE;

	private HoldReason heldBy;

	private Duration rtt;

	private Instant openedAt = Instant.now();

	private String closedAs;

	private boolean answered;

	private boolean handled;

	private StubConnection(String id) {
		this.id = id;
	}

	public static StubConnection withId(String id) {
		return new StubConnection(id);
	}

	public StubConnection pendingBytes(long pendingBytes) {
		this.pendingBytes = pendingBytes;
		return this;
	}

	public StubConnection role(Role role) {
		this.role = role;
		return this;
	}

	public StubConnection endpoint(String endpoint) {
		this.endpoint = endpoint;
		return this;
	}

	public StubConnection remoteAddress(SocketAddress remoteAddress) {
		this.remoteAddress = remoteAddress;
		return this;
	}

	public StubConnection heldBy(HoldReason heldBy) {
		this.heldBy = heldBy;
		return liveness((heldBy != null) ? Liveness.HELD : Liveness.ALIVE);
	}

	public StubConnection liveness(Liveness liveness) {
		this.liveness = liveness;
		return this;
	}

	public StubConnection rtt(Duration rtt) {
		this.rtt = rtt;
		return this;
	}

	public StubConnection openedAt(Instant openedAt) {
		this.openedAt = openedAt;
		return this;
	}

	public StubConnection answered() {
		this.answered = true;
		return this;
	}

	/**
	 * Return what {@link #close} was called with.
	 */
	public String closedAs() {
		return this.closedAs;
	}

	/**
	 * Return whether a handler was told to have started, and not to have ended.
	 */
	public boolean isHandled() {
		return this.handled;
	}

	@Override
	public void close(CloseCause cause, int code, String reason) {
		this.closedAs = cause.text() + " " + code + " " + reason;
	}

	@Override
	public void reset(CloseCause cause) {
		this.closedAs = "reset by " + cause.text();
	}

	@Override
	public boolean hasAnsweredClose() {
		return this.answered;
	}

	@Override
	public void handlerStarted() {
		this.handled = true;
	}

	@Override
	public void handlerCompleted() {
		this.handled = false;
	}

	@Override
	public void handlerFailed(Throwable failure) {
		this.handled = false;
	}

	@Override
	public String getId() {
		return this.id;
	}

	@Override
	public String getSessionId() {
		return "session-" + this.id;
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
		return "/path/of/" + this.id;
	}

	@Override
	public SocketAddress getRemoteAddress() {
		return this.remoteAddress;
	}

	@Override
	public String getPrincipal() {
		return null;
	}

	@Override
	public String getSubprotocol() {
		return null;
	}

	@Override
	public String getTransport() {
		return "epoll";
	}

	@Override
	public Instant getOpenedAt() {
		return this.openedAt;
	}

	@Override
	public Liveness getLiveness() {
		return this.liveness;
	}

	@Override
	public HoldReason getHeldBy() {
		return this.heldBy;
	}

	@Override
	public Duration getSinceLastReceived() {
		return Duration.ofMillis(1500);
	}

	@Override
	public Duration getRtt() {
		return this.rtt;
	}

	@Override
	public long getPingsSent() {
		return 0;
	}

	@Override
	public long getPongsReceived() {
		return 0;
	}

	@Override
	public long getForeignPings() {
		return 3;
	}

	@Override
	public long getBytesReceived() {
		return 0;
	}

	@Override
	public long getBytesSent() {
		return 0;
	}

	@Override
	public long getPendingBytes() {
		return this.pendingBytes;
	}

	@Override
	public boolean isClosing() {
		return false;
	}

}
