package io.github.websocketkeepalive.connection;

import io.github.websocketkeepalive.Internal;

/**
 * A connection as the feature that keeps it alive gives it to the
 * {@link ConnectionRegistry}. Every method may be called on any thread and returns at
 * once.
 */
@Internal
public interface ManagedConnection extends WebSocketConnection {

	/**
	 * Close the connection; the first cause given counts. A peer that may come back is
	 * given the time to answer, so that it sees the code whatever it is sending.
	 * @param cause why
	 * @param code the close code
	 * @param reason the close reason
	 */
	void close(CloseCause cause, int code, String reason);

	/**
	 * Reset the connection: whatever is still to be sent is discarded.
	 * @param cause why; the first cause given counts
	 */
	void reset(CloseCause cause);

	/**
	 * Return whether the peer has answered our Close frame, although the connection may
	 * still be open: a stream of HTTP/2 is until the peer has ended it.
	 * @return whether a Close frame came after ours
	 */
	boolean hasAnsweredClose();

	/**
	 * Tell that the application's handler was called, and that its end will be told.
	 */
	void handlerStarted();

	/**
	 * Tell that the application's handler has completed.
	 */
	void handlerCompleted();

	/**
	 * Tell that the application's handler failed, which is about to end the connection
	 * unless something else already has.
	 * @param failure what the handler failed with
	 */
	void handlerFailed(Throwable failure);

}
