package io.github.websocketkeepalive.client;

/**
 * Is told what clients go through beyond the lives of their connections. Every bean of
 * this type is.
 *
 * <p>
 * Methods are called on any thread, event loops among them, and must return at once.
 * Whatever a method throws, errors included, is logged within a limit and counted in the
 * meter {@code websocket.callback.failures}. It affects neither the client nor other
 * listeners.
 */
public interface ClientListener {

	/**
	 * Called when a client is about to connect again.
	 * @param client the name of the client
	 * @param cause how its last attempt ended: the text of a close cause or of a failure
	 * of the handshake
	 */
	default void onReconnect(String client, String cause) {
	}

	/**
	 * Called when a message was not sent and will not be.
	 * @param client the name of the client
	 */
	default void onDropped(String client) {
	}

}
