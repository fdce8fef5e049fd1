package io.github.websocketkeepalive.drain;

import java.time.Duration;

/**
 * What a drain has started.
 *
 * @param started whether it was started just now, not before
 * @param connections how many connections are open
 * @param grace until the first of them closes
 * @param window over which time they close
 */
public record DrainStatus(boolean started, long connections, Duration grace, Duration window) {
}
