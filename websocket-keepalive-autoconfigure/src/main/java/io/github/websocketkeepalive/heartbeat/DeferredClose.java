package io.github.websocketkeepalive.heartbeat;

import java.nio.channels.ClosedChannelException;

import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;

/**
 * A Close frame that waits until the application's handler has told how it ended.
 *
 * @param frame the frame
 * @param promise what is told when it is sent
 */
record DeferredClose(CloseWebSocketFrame frame, ChannelPromise promise) {

	/**
	 * How long it waits for a handler that goes on without its input, in milliseconds.
	 */
	static final int MILLIS = 100;

	/**
	 * Give the frame up, because the connection has ended.
	 */
	void fail() {
		this.frame.release();
		this.promise.tryFailure(new ClosedChannelException());
	}

}
