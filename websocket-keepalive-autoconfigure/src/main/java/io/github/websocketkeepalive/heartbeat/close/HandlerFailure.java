package io.github.websocketkeepalive.heartbeat.close;

import java.io.IOException;

import io.netty.handler.codec.CodecException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.channel.AbortedException;

import io.github.websocketkeepalive.connection.WebSocketConnection;
import io.github.websocketkeepalive.peer.LogLimiter;

/**
 * Logs what handlers of the application fail with, because nobody else does. A peer may
 * make a handler fail as often as it likes, so that only the first failures are logged in
 * full, and the others are counted.
 */
public final class HandlerFailure {

	private static final Logger logger = LoggerFactory.getLogger(HandlerFailure.class);

	private static final LogLimiter limiter = new LogLimiter();

	private HandlerFailure() {
	}

	/**
	 * Log a failure, unless it is only that the peer has gone or has broken the protocol.
	 * @param connection the connection whose handler failed
	 * @param gone whether the connection had ended or failed by then
	 * @param failure what the handler failed with
	 */
	public static void log(WebSocketConnection connection, boolean gone, Throwable failure) {
		boolean ofPeer = failure instanceof CodecException || failure instanceof AbortedException
				|| (gone && failure instanceof IOException);
		if (!ofPeer) {
			limiter.log(connection.getEndpoint(),
					(more) -> logger.warn("The handler of {} has failed, which ends WebSocket {}{}",
							connection.getEndpoint(), connection.getId(), more, failure));
		}
	}

}
