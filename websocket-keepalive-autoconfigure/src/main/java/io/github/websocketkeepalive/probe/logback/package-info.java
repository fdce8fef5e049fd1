/**
 * Downgrades noise in Logback.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.probe.logback;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
