/**
 * Meters of WebSockets. Endpoint tags are path patterns, never paths or ids.
 */
@NullMarked
package io.github.websocketkeepalive.metrics;

import org.jspecify.annotations.NullMarked;
