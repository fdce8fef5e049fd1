package io.github.websocketkeepalive.stream.client;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * Rows that a stream does not deliver, because the server has them no longer.
 *
 * @param expected where the stream would have continued
 * @param actual where it continues
 * @param missing how many rows lie between the two; {@code null} if nobody can know
 */
public record StreamGap(StreamPosition expected, StreamPosition actual, @Nullable Long missing) {
}
