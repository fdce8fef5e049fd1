/**
 * Streams of rows or messages that are acknowledged and continue where they stopped: what
 * applications offer, and what the server needs of it.
 */
@NullMarked
package io.github.websocketkeepalive.stream;

import org.jspecify.annotations.NullMarked;
