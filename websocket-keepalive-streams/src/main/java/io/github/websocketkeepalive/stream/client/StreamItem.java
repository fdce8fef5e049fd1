package io.github.websocketkeepalive.stream.client;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * A row and its place, for whoever stores how far they have come together with what they
 * made of it.
 *
 * @param <T> what rows are
 * @param epoch the numbering that the offset belongs to
 * @param offset the number of the row, from 0
 * @param value the row
 */
public record StreamItem<T>(String epoch, long offset, T value) {

	/**
	 * Return where a stream continues for whoever is done with this row.
	 * @return the position of the row after this one
	 */
	public StreamPosition next() {
		return new StreamPosition(this.epoch, this.offset + 1);
	}

}
