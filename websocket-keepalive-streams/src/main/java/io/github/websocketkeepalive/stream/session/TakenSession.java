package io.github.websocketkeepalive.stream.session;

import io.github.websocketkeepalive.Internal;

/**
 * A session that was taken and is not yet granted to its new connection. Others who ask
 * for it wait until one of the methods is called, on any thread.
 */
@Internal
public final class TakenSession {

	private final StreamSession session;

	private final Runnable onGranted;

	private final Runnable onPutBack;

	TakenSession(StreamSession session, Runnable onGranted, Runnable onPutBack) {
		this.session = session;
		this.onGranted = onGranted;
		this.onPutBack = onPutBack;
	}

	/**
	 * Return what was taken.
	 * @return the session
	 */
	public StreamSession session() {
		return this.session;
	}

	/**
	 * Say that the session has a connection and another token. Those who wait do not get
	 * it.
	 */
	public void granted() {
		this.onGranted.run();
	}

	/**
	 * Put the session back, because its new connection has ended. It can be taken again
	 * with the same token.
	 */
	public void putBack() {
		this.onPutBack.run();
	}

}
