/**
 * Checks on a real Redis, under faults, that nothing that was published to a live topic
 * is lost in silence.
 */
@NullMarked
package io.github.websocketkeepalive.stream.history;

import org.jspecify.annotations.NullMarked;
