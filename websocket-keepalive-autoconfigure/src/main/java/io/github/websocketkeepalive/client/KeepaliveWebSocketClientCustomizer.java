package io.github.websocketkeepalive.client;

/**
 * Changes every builder of a client before the application gets it. Every bean of this
 * type does, in order.
 */
@FunctionalInterface
public interface KeepaliveWebSocketClientCustomizer {

	/**
	 * Change a builder. Called on the thread that asks for the builder. What is thrown
	 * fails whoever asks, usually at start-up, so that no client runs without what the
	 * customizer sets.
	 * @param builder the builder
	 */
	void customize(KeepaliveWebSocketClient.Builder builder);

}
