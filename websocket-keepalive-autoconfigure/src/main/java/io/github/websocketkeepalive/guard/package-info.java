/**
 * Limits on what one open connection may do.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.guard;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
