/**
 * Messages on their way to the socket.
 */
@NullMarked
package io.github.websocketkeepalive.stream.webflux.output;

import org.jspecify.annotations.NullMarked;
