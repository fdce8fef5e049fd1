/**
 * Auto-configuration of metrics.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
