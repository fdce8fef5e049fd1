/**
 * Meters of WebSockets. Endpoint tags are path patterns, never paths or ids.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.metrics;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
