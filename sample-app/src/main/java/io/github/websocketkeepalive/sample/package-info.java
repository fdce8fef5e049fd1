/**
 * A real application on the starter alone.
 */
@NullMarked
package io.github.websocketkeepalive.sample;

import org.jspecify.annotations.NullMarked;
