/**
 * What the health endpoint tells about WebSockets.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.health;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
