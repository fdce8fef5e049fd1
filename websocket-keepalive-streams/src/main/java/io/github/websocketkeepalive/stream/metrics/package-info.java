/**
 * Meters of streams.
 */
@NullMarked
package io.github.websocketkeepalive.stream.metrics;

import org.jspecify.annotations.NullMarked;
