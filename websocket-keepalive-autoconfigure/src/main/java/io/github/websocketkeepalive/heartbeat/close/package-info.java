/**
 * How a WebSocket ends: the closing handshake, and what is known of the end.
 */
@NullMarked
package io.github.websocketkeepalive.heartbeat.close;

import org.jspecify.annotations.NullMarked;
