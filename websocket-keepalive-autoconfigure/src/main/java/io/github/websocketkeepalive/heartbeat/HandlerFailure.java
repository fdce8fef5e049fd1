package io.github.websocketkeepalive.heartbeat;

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
	 * Log a failure, unless it only tells what has ended the connection: an exception of
	 * the same type may come from elsewhere, such as another connection.
	 * @param connection the connection whose handler failed
	 * @param before how the connection stood before
	 * @param failure what the handler failed with
	 */
	public static void log(WebSocketConnection connection, Before before, Throwable failure) {
		if (!before.explains(failure)) {
			String what = before.ended() ? "has failed after the end of" : "has failed, which ends";
			limiter.log(connection.getEndpoint(), (more) -> logger.warn("The handler of {} {} WebSocket {}{}",
					connection.getEndpoint(), what, connection.getId(), more, failure));
		}
	}

	/**
	 * How a connection stood before its handler failed.
	 *
	 * @param ended whether something else had ended it, or was about to
	 * @param gone whether it was closed, or its transport had failed
	 * @param undecodable whether its input broke the rules, which was told
	 */
	public record Before(boolean ended, boolean gone, boolean undecodable) {

		private boolean explains(Throwable failure) {
			return (this.undecodable && failure instanceof CodecException)
					|| (this.ended && failure instanceof AbortedException)
					|| (this.gone && failure instanceof IOException);
		}

	}

}
