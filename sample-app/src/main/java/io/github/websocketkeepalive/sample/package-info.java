/**
 * A real application on the starter and streams.
 */
@NullMarked
package io.github.websocketkeepalive.sample;

import org.jspecify.annotations.NullMarked;
