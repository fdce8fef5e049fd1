/**
 * Logical sessions, which outlive their connections.
 */
@NullMarked
package io.github.websocketkeepalive.stream.session;

import org.jspecify.annotations.NullMarked;
