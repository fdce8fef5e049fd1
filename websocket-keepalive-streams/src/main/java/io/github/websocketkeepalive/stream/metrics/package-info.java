/**
 * Meters of streams.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.stream.metrics;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
