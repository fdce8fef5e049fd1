/**
 * Maps WebSocket handlers to paths by an annotation.
 */
@NullMarked
package io.github.websocketkeepalive.mapping;

import org.jspecify.annotations.NullMarked;
