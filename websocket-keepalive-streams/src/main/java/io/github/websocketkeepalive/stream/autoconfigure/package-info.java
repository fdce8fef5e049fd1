/**
 * Auto-configuration of streams.
 */
@NullMarked
package io.github.websocketkeepalive.stream.autoconfigure;

import org.jspecify.annotations.NullMarked;
