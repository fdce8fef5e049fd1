package io.github.websocketkeepalive.client;

/**
 * Is told what clients go through beyond the lives of their connections. Every bean of
 * this type is. Methods are called on any thread and must not block.
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
