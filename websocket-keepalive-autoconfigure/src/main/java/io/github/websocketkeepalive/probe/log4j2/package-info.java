/**
 * Downgrades noise in Log4j2.
 */
@NullMarked
package io.github.websocketkeepalive.probe.log4j2;

import org.jspecify.annotations.NullMarked;
