/**
 * What a connection writes to the log, and under which identity.
 */
@Internal
@NullMarked
package io.github.websocketkeepalive.logging;

import org.jspecify.annotations.NullMarked;

import io.github.websocketkeepalive.Internal;
