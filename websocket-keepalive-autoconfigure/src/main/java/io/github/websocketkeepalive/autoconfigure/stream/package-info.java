/**
 * Auto-configuration of streams.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.stream;

import org.jspecify.annotations.NullMarked;
