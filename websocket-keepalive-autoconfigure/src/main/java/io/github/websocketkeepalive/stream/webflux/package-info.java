/**
 * Streams over the WebSockets of WebFlux.
 */
@NullMarked
package io.github.websocketkeepalive.stream.webflux;

import org.jspecify.annotations.NullMarked;
