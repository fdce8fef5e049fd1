package io.github.websocketkeepalive.probe;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.Internal;

/**
 * What came from one address.
 *
 * @param address the address
 * @param count how many probes
 * @param kinds how many of each kind, by its text
 * @param ends how many ended in each way, by its text
 * @param lastSeen when the last one ended
 * @param period after which they repeat, or {@code null} if they are not regular
 */
@Internal
public record ProbeSource(String address, long count, Map<String, Long> kinds, Map<String, Long> ends, Instant lastSeen,
		@Nullable Duration period) {
}
