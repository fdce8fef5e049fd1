package io.github.websocketkeepalive.guard;

import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has done of late that is limited. Created by the first control
 * frame or fragment: most connections have none. Confined to the event loop of its
 * connection.
 */
public final class GuardState {

	private final GuardPolicy policy;

	private double controlFrames;

	private long countedAt;

	private @Nullable FragmentedMessage message;

	private @Nullable PingWebSocketFrame ping;

	private boolean excused;

	private boolean ended;

	/**
	 * Create the state of a connection that has done nothing yet.
	 * @param policy what it may do
	 * @param now the present {@link System#nanoTime()}
	 */
	public GuardState(GuardPolicy policy, long now) {
		this.policy = policy;
		this.controlFrames = policy.controlFrameBurst();
		this.countedAt = now;
	}

	/**
	 * Return whether the connection was ended by a violation, so that whatever still
	 * comes is not for the application.
	 * @return whether {@link #end()} was called
	 */
	public boolean isEnded() {
		return this.ended;
	}

	/**
	 * Note that the connection ends.
	 */
	public void end() {
		this.ended = true;
		release();
	}

	/**
	 * Release what is kept.
	 */
	public void release() {
		PingWebSocketFrame ping = takePing();
		if (ping != null) {
			ping.release();
		}
	}

	/**
	 * Count a control frame.
	 * @param now the present {@link System#nanoTime()}
	 * @return what is wrong with it, or {@code null} if the peer may send it
	 */
	public @Nullable Violation control(long now) {
		double most = this.excused ? Double.MAX_VALUE : Math.max(this.policy.controlFrameBurst(), this.controlFrames);
		double earned = (now - this.countedAt) / 1e9 * this.policy.controlFramesPerSecond();
		this.controlFrames = Math.min(most, this.controlFrames + earned);
		this.countedAt = now;
		this.excused = false;
		if (this.controlFrames < 1) {
			return Violation.controlFlood();
		}
		this.controlFrames--;
		return null;
	}

	/**
	 * Excuse the peer for what comes all at once because this process does not read at
	 * present: it may have sent at its rate all the time.
	 */
	public void excuse() {
		this.excused = true;
	}

	/**
	 * Check a fragment of a message.
	 * @param frame the fragment, which is not consumed
	 * @param maxBytes how large a message the application puts together, or -1 if it
	 * takes the fragments as they come
	 * @return the rule that it breaks, or {@code null} if it breaks none
	 */
	public @Nullable Violation fragment(WebSocketFrame frame, int maxBytes) {
		FragmentedMessage message = (this.message != null) ? this.message : new FragmentedMessage(frame);
		this.message = frame.isFinalFragment() ? null : message;
		return message.add(frame, this.policy.strict(), maxBytes);
	}

	/**
	 * Keep a ping until its pong can be written, in place of one that is kept already:
	 * RFC 6455 section 5.5.3 allows to answer only the latest.
	 * @param ping the ping
	 */
	public void keep(PingWebSocketFrame ping) {
		release();
		this.ping = ping;
	}

	/**
	 * Return the ping that is kept, and keep it no longer.
	 * @return the ping, which the caller has to release, or {@code null} if there is none
	 */
	public @Nullable PingWebSocketFrame takePing() {
		PingWebSocketFrame ping = this.ping;
		this.ping = null;
		return ping;
	}

}
