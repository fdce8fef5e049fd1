package io.github.websocketkeepalive.client;

/**
 * Changes every builder of a client before the application gets it. Every bean of this
 * type does, in order.
 */
@FunctionalInterface
public interface KeepaliveWebSocketClientCustomizer {

	/**
	 * Change a builder.
	 * @param builder the builder
	 */
	void customize(KeepaliveWebSocketClient.Builder builder);

}
