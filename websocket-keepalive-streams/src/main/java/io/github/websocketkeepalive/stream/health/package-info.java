/**
 * Health of streams.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.stream.health;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
