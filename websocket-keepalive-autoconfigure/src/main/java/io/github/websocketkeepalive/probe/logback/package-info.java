/**
 * Downgrades noise in Logback.
 */
@NullMarked
package io.github.websocketkeepalive.probe.logback;

import org.jspecify.annotations.NullMarked;
