/**
 * Conditions and wiring of the drain.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.drain;

import org.jspecify.annotations.NullMarked;
