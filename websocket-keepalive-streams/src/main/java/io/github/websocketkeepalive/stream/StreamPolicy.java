package io.github.websocketkeepalive.stream;

import io.github.websocketkeepalive.Internal;

/**
 * How much of a stream is under way, and what a connection may hold for all of its
 * streams.
 *
 * @param batchSize maximum number of rows in a batch
 * @param batchBytes encoded size from which on a batch is sent
 * @param window maximum number of batches that are not acknowledged
 * @param maxStreams maximum number of streams that a connection may have open
 * @param maxBuffered maximum number of bytes that rows of a connection take before they
 * are sent
 * @param maxRequest maximum number of bytes that the parameters of the streams of a
 * connection take
 */
@Internal
public record StreamPolicy(int batchSize, int batchBytes, int window, int maxStreams, int maxBuffered, int maxRequest) {

	/**
	 * Frames of a client have little besides parameters.
	 */
	private static final int OTHER_BYTES = 8 * 1024;

	/**
	 * Return how large a frame of a client may be: JSON may write a character of two
	 * bytes in six.
	 * @return the number of bytes
	 */
	public int maxFrameBytes() {
		return (int) Math.min(Integer.MAX_VALUE, 3L * this.maxRequest + OTHER_BYTES);
	}

}
