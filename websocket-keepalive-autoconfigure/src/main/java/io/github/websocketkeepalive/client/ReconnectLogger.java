package io.github.websocketkeepalive.client;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.client.reconnect.ConnectionState;
import io.github.websocketkeepalive.client.reconnect.Disconnect;

/**
 * Writes one line for each change that an operator wants to know of, and none for the
 * failures that repeat, except the 10th, the 100th and so on. A connection that ends soon
 * is a failure in that row, too. Never a stack trace.
 */
final class ReconnectLogger {

	private static final Logger logger = LoggerFactory.getLogger(KeepaliveWebSocketClient.class);

	private final String client;

	private volatile String place = "its server";

	private @Nullable String cause;

	/**
	 * Whether the last line says that the client is not connected.
	 */
	private boolean toldAway;

	ReconnectLogger(String client) {
		this.client = client;
	}

	/**
	 * Note where the next attempt goes.
	 * @param uri where to; its query may hold a token and is not logged
	 */
	void connectsTo(URI uri) {
		String server = uri.getScheme() + "://" + uri.getHost() + ((uri.getPort() >= 0) ? ":" + uri.getPort() : "");
		this.place = uri.isAbsolute() ? server + uri.getPath() : uri.getPath();
	}

	void log(ConnectionState state) {
		if (state instanceof ConnectionState.Connected connected) {
			if (this.toldAway) {
				logger.info("[{}] client {} is connected again to {}", connected.id(), this.client, this.place);
			}
			this.toldAway = false;
		}
		else if (state instanceof ConnectionState.Waiting waiting) {
			log(waiting);
		}
		else if (state instanceof ConnectionState.Ended ended) {
			log(ended.reason());
		}
	}

	private void log(ConnectionState.Waiting waiting) {
		Disconnect reason = waiting.reason();
		String format = "client {} is not connected to {}: {}; failures in a row: {}, next attempt in {} ms";
		Object[] arguments = { this.client, this.place, reason.description(), waiting.failures(),
				waiting.delay().toMillis() };
		if (!reason.cause().equals(this.cause) || isPowerOfTen(waiting.failures())) {
			logger.warn(format, arguments);
			this.toldAway = true;
		}
		else {
			logger.debug(format, arguments);
		}
		this.cause = reason.cause();
	}

	private void log(@Nullable Disconnect reason) {
		if (reason == null || reason.isNormal()) {
			logger.info("client {} has ended: {}", this.client,
					(reason != null) ? reason.description() : "it was told to");
		}
		else {
			logger.warn("client {} has given up on {}: {}", this.client, this.place, reason.description());
		}
	}

	private static boolean isPowerOfTen(int number) {
		int rest = number;
		while (rest >= 10 && rest % 10 == 0) {
			rest /= 10;
		}
		return rest == 1;
	}

}
