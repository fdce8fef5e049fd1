/**
 * What the health endpoint tells about WebSockets.
 */
@NullMarked
package io.github.websocketkeepalive.health;

import org.jspecify.annotations.NullMarked;
