/**
 * Recognises heartbeats that are not ours: of the application, and of the peer.
 */
@NullMarked
package io.github.websocketkeepalive.heartbeat.foreign;

import org.jspecify.annotations.NullMarked;
