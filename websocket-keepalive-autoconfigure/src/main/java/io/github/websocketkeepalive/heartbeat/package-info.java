/**
 * Translates WebSocket frames to liveness events, and liveness decisions to frames.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.heartbeat;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
