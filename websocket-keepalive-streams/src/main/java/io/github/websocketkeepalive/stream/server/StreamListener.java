package io.github.websocketkeepalive.stream.server;

/**
 * Is told of the lives of streams. Every bean of this type is. Sources are told by the
 * names under which they are offered.
 *
 * <p>
 * Methods are called on the event loop of the connection and must return at once: while
 * one blocks, no connection of that loop is served. Whatever a method throws, errors
 * included, is logged within a limit and counted in the meter
 * {@code websocket.callback.failures}. It affects neither the stream nor other listeners.
 */
public interface StreamListener {

	/**
	 * Called when a stream was opened.
	 * @param source the source
	 */
	default void onOpened(String source) {
	}

	/**
	 * Called when a stream has ended, for whatever reason.
	 * @param source the source
	 */
	default void onClosed(String source) {
	}

	/**
	 * Called when a client was told whether a stream continues where it asked.
	 * @param source the source
	 * @param recovered whether it does
	 */
	default void onResumed(String source, boolean recovered) {
	}

	/**
	 * Called when a client was told that it will never see some items.
	 * @param source the source
	 * @param items how many
	 */
	default void onMissing(String source, long items) {
	}

	/**
	 * Called when a batch is sent.
	 * @param source the source
	 * @param items how many items it has
	 */
	default void onBatch(String source, int items) {
	}

	/**
	 * Called when a client is told of an error.
	 * @param code the code of the error, which sources may add to
	 */
	default void onError(String code) {
	}

}
