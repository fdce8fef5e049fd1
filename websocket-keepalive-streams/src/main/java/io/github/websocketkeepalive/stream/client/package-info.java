/**
 * Client of streams, which come back with their connection.
 */
@NullMarked
package io.github.websocketkeepalive.stream.client;

import org.jspecify.annotations.NullMarked;
