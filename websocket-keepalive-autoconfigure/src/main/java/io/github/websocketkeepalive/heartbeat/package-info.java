/**
 * Translates WebSocket frames to liveness events, and liveness decisions to frames.
 */
@NullMarked
package io.github.websocketkeepalive.heartbeat;

import org.jspecify.annotations.NullMarked;
