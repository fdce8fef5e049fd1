/**
 * Downgrades noise in Log4j2.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.probe.log4j2;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
