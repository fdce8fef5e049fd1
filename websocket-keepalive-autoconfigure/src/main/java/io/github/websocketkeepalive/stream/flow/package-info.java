/**
 * Decisions on what is sent and asked for when; pure code.
 */
@NullMarked
package io.github.websocketkeepalive.stream.flow;

import org.jspecify.annotations.NullMarked;
