package io.github.websocketkeepalive.stream.client;

import io.github.websocketkeepalive.stream.StreamException;

/**
 * Ends a stream that cannot continue where it stopped, unless it was told to go on.
 */
@SuppressWarnings("serial")
public final class StreamGapException extends StreamException {

	private final StreamGap gap;

	StreamGapException(StreamGap gap) {
		super("gap", describe(gap));
		this.gap = gap;
	}

	private static String describe(StreamGap gap) {
		String missing = (gap.missing() != null) ? String.valueOf(gap.missing()) : "an unknown number of";
		return "The stream does not continue at " + gap.expected() + " but at " + gap.actual() + ": " + missing
				+ " rows are missing";
	}

	/**
	 * Return what is missing.
	 * @return the gap
	 */
	public StreamGap getGap() {
		return this.gap;
	}

}
