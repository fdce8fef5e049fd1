package io.github.websocketkeepalive.eventloop;

import java.time.Duration;

import io.github.websocketkeepalive.Internal;

/**
 * When an event loop counts as stalled.
 *
 * @param warnAfter how long a loop may not answer before it counts as stalled
 * @param stackAfter how long before the stack of its thread is logged
 * @param downAfter how long before the application's health suffers
 */
@Internal
public record StallPolicy(Duration warnAfter, Duration stackAfter, Duration downAfter) {
}
