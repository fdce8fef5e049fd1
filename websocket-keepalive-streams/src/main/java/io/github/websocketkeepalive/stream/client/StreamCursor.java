package io.github.websocketkeepalive.stream.client;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.protocol.ServerFrame;

/**
 * Knows which row comes next, and finds what comes twice and what does not come.
 */
final class StreamCursor {

	private @Nullable StreamPosition position;

	/**
	 * Create a cursor.
	 * @param from where to continue, or {@code null} to begin wherever the server does
	 */
	StreamCursor(@Nullable StreamPosition from) {
		this.position = from;
	}

	/**
	 * Return where to continue.
	 * @return the position of the next row, or {@code null} if nothing was opened yet
	 */
	@Nullable StreamPosition position() {
		return this.position;
	}

	/**
	 * Go where the server is.
	 * @param frame where it is
	 * @return what is missing, or {@code null} if nothing is
	 */
	@Nullable StreamGap opened(ServerFrame.Opened frame) {
		StreamPosition expected = this.position;
		StreamPosition actual = new StreamPosition(frame.epoch(), frame.offset());
		if (expected == null) {
			this.position = actual;
			return null;
		}
		if (expected.epoch().equals(actual.epoch())) {
			// Offsets tell, whatever the server says.
			return next(actual.offset());
		}
		this.position = actual;
		boolean complete = !frame.recovered() && Long.valueOf(0).equals(frame.missing());
		return complete ? null : new StreamGap(expected, actual, frame.recovered() ? null : frame.missing());
	}

	/**
	 * Go to the next rows, or to the end.
	 * @param offset the offset of the first of them, or of the end
	 * @return what is missing before it, or {@code null} if nothing is
	 * @throws IllegalStateException if nothing was opened yet
	 */
	@Nullable StreamGap next(long offset) {
		StreamPosition expected = opened();
		if (offset <= expected.offset()) {
			return null;
		}
		StreamPosition actual = new StreamPosition(expected.epoch(), offset);
		this.position = actual;
		return new StreamGap(expected, actual, offset - expected.offset());
	}

	/**
	 * Take rows.
	 * @param offset the offset of the first of them
	 * @param count how many there are
	 * @return how many of them, at the beginning, were taken before
	 */
	int take(long offset, int count) {
		StreamPosition expected = opened();
		int known = (int) Math.min(count, expected.offset() - offset);
		this.position = new StreamPosition(expected.epoch(), expected.offset() + count - known);
		return known;
	}

	private StreamPosition opened() {
		StreamPosition position = this.position;
		if (position == null) {
			throw new IllegalStateException("nothing was opened");
		}
		return position;
	}

}
