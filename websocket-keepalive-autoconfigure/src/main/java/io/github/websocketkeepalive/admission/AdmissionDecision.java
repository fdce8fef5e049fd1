package io.github.websocketkeepalive.admission;

import java.time.Duration;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Whether a client may open a WebSocket.
 */
public sealed interface AdmissionDecision {

	/**
	 * Let the client pass.
	 * @return the decision
	 */
	static AdmissionDecision admit() {
		return Admitted.INSTANCE;
	}

	/**
	 * Refuse the client for good.
	 * @param status the HTTP status, from 400 to 599
	 * @param reason why, in lower case letters, digits and dashes, at most 40; one of
	 * few, for meters are tagged with it
	 * @return the decision
	 * @throws IllegalArgumentException if the status or the reason is none
	 */
	static AdmissionDecision reject(int status, String reason) {
		return new Rejected(status, reason, null);
	}

	/**
	 * Refuse the client for now.
	 * @param status the HTTP status, from 400 to 599
	 * @param reason why, in lower case letters, digits and dashes, at most 40; one of
	 * few, for meters are tagged with it
	 * @param retryAfter when the client may try again
	 * @return the decision
	 * @throws IllegalArgumentException if the status or the reason is none
	 */
	static AdmissionDecision reject(int status, String reason, Duration retryAfter) {
		return new Rejected(status, reason, retryAfter);
	}

	/**
	 * The client may.
	 */
	enum Admitted implements AdmissionDecision {

		/**
		 * The only one.
		 */
		INSTANCE

	}

	/**
	 * The client may not.
	 *
	 * @param status the HTTP status
	 * @param reason why
	 * @param retryAfter when the client may try again, or {@code null} if that is no use
	 */
	record Rejected(int status, String reason, @Nullable Duration retryAfter) implements AdmissionDecision {

		private static final Pattern REASON = Pattern.compile("[a-z0-9-]{1,40}");

		public Rejected {
			if (status < 400 || status > 599) {
				throw new IllegalArgumentException("Status " + status + " does not refuse; use 400 to 599");
			}
			if (!REASON.matcher(reason).matches()) {
				throw new IllegalArgumentException("Reason '" + reason + "' does not match " + REASON);
			}
		}

	}

}
