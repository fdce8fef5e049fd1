package io.github.websocketkeepalive.stream;

/**
 * How much of a stream is under way.
 *
 * @param batchSize most rows in a batch
 * @param batchBytes encoded size from which on a batch is sent
 * @param window most batches that are not acknowledged
 * @param maxStreams most streams that a connection may have open
 */
public record StreamPolicy(int batchSize, int batchBytes, int window, int maxStreams) {
}
