/**
 * What comes from sources.
 */
@NullMarked
package io.github.websocketkeepalive.stream.webflux.input;

import org.jspecify.annotations.NullMarked;
