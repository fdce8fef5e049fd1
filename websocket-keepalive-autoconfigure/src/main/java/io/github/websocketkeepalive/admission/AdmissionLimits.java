package io.github.websocketkeepalive.admission;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * Limits on opening handshakes. What is {@code null} is not limited.
 *
 * @param maxConnections how many WebSockets the server may have
 * @param maxConnectionsPerAddress how many of them one address may have
 * @param handshakesPerSecond how many are accepted in a second
 * @param handshakeBurst how many are accepted at once after a rest, a tenth of the former
 * if not set
 * @param retryAfter when who was refused may come back, on average
 * @param allowedOrigins from where browsers may connect, empty for anywhere
 * @param allowedHosts what clients may have addressed, empty for anything
 * @param maxOpenFilesRatio the share of the open files that the process may have
 */
@Internal
public record AdmissionLimits(@Nullable Integer maxConnections, @Nullable Integer maxConnectionsPerAddress,
		@Nullable Integer handshakesPerSecond, @Nullable Integer handshakeBurst, Duration retryAfter,
		List<String> allowedOrigins, List<String> allowedHosts, double maxOpenFilesRatio) {

	private static final int BURST_SHARE = 10;

	int burst() {
		if (this.handshakeBurst != null) {
			return this.handshakeBurst;
		}
		return (this.handshakesPerSecond != null) ? Math.max(1, this.handshakesPerSecond / BURST_SHARE) : 1;
	}

}
