/**
 * Streams over the WebSockets of WebFlux.
 */
@NullMarked
package io.github.websocketkeepalive.stream.server;

import org.jspecify.annotations.NullMarked;
