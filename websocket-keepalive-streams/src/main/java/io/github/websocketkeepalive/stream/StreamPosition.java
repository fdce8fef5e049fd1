package io.github.websocketkeepalive.stream;

import java.util.Objects;

/**
 * A place in a stream. Offsets count within an epoch; in another epoch they mean nothing,
 * so that a history that was lost cannot be resumed falsely.
 *
 * @param epoch names the numbering that the offset belongs to
 * @param offset the number of the row that comes next, from 0
 */
public record StreamPosition(String epoch, long offset) {

	/**
	 * Create a position.
	 * @throws IllegalArgumentException if the offset is negative
	 */
	public StreamPosition {
		Objects.requireNonNull(epoch, "epoch");
		if (offset < 0) {
			throw new IllegalArgumentException("offset must not be negative");
		}
	}

}
