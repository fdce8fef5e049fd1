package io.github.websocketkeepalive.autoconfigure.drain;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.websocketkeepalive.drain.DrainPolicy;

/**
 * Tells at start-up how long a shutdown takes, and warns when that is longer than what
 * Kubernetes grants unless told otherwise. In development there is nothing to check.
 */
final class TerminationGracePeriodCheck {

	private static final Logger logger = LoggerFactory.getLogger(TerminationGracePeriodCheck.class);

	private static final Duration KUBERNETES_DEFAULT = Duration.ofSeconds(30);

	/**
	 * What the rest of the shutdown takes, if no HTTP request lasts longer.
	 */
	private static final Duration REST = Duration.ofSeconds(5);

	TerminationGracePeriodCheck(DrainPolicy configured, DrainPolicy policy) {
		if (!policy.equals(configured)) {
			logger.info(
					"In development and in tests a shutdown drains WebSockets for up to {} ms only: "
							+ "set 'websocket-keepalive.drain.grace' and 'websocket-keepalive.drain.window' for more",
					policy.longest().toMillis());
			return;
		}
		Duration drain = policy.longest();
		long seconds = drain.plus(REST).plusMillis(999).toSeconds();
		if (seconds <= KUBERNETES_DEFAULT.toSeconds()) {
			logger.info(
					"A shutdown drains WebSockets for up to {} ms: "
							+ "on Kubernetes let terminationGracePeriodSeconds be at least {}",
					drain.toMillis(), seconds);
		}
		else {
			logger.warn(
					"A shutdown drains WebSockets for up to {} ms, longer than Kubernetes grants by default: "
							+ "set terminationGracePeriodSeconds to at least {}, "
							+ "or shorten 'websocket-keepalive.drain.grace' and 'websocket-keepalive.drain.window'",
					drain.toMillis(), seconds);
		}
	}

}
