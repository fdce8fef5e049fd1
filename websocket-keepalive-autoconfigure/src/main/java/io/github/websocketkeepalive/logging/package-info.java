/**
 * What a connection writes to the log, and under which identity.
 */
@NullMarked
package io.github.websocketkeepalive.logging;

import org.jspecify.annotations.NullMarked;
