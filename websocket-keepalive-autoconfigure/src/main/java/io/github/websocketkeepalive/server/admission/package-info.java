/**
 * How a handshake is refused before Reactor Netty and WebFlux handle it.
 */
@NullMarked
package io.github.websocketkeepalive.server.admission;

import org.jspecify.annotations.NullMarked;
