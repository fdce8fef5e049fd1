package io.github.websocketkeepalive.admission;

import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.Internal;
import io.github.websocketkeepalive.peer.LogLimiter;
import io.github.websocketkeepalive.peer.PeerAddress;

/**
 * Logs refusals, one line for a reason in ten seconds, with the number of those that had
 * none.
 */
@Internal
public final class RefusalLogger implements AdmissionListener {

	private static final Logger logger = LoggerFactory.getLogger(RefusalLogger.class);

	private final LogLimiter limiter;

	/**
	 * Create a logger.
	 */
	public RefusalLogger() {
		this(new LogLimiter());
	}

	RefusalLogger(LogLimiter limiter) {
		this.limiter = limiter;
	}

	@Override
	public void onRejected(String reason, @Nullable SocketAddress remoteAddress) {
		this.limiter.log(reason, (more) -> logger.warn("Refused a WebSocket: reason={} remote={}{}", reason,
				PeerAddress.of(remoteAddress), more));
	}

}
