/**
 * The decision core: pure code that is told events and instants and says what to do next.
 */
@NullMarked
package io.github.websocketkeepalive.liveness;

import org.jspecify.annotations.NullMarked;
