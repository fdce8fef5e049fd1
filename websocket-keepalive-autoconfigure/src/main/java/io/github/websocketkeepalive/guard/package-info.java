/**
 * Limits on what one open connection may do.
 */
@NullMarked
package io.github.websocketkeepalive.guard;

import org.jspecify.annotations.NullMarked;
