/**
 * Auto-configuration of logging.
 */
@NullMarked
package io.github.websocketkeepalive.autoconfigure.logging;

import org.jspecify.annotations.NullMarked;
