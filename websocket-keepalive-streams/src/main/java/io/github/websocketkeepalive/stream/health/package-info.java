/**
 * Health of streams.
 */
@NullMarked
package io.github.websocketkeepalive.stream.health;

import org.jspecify.annotations.NullMarked;
