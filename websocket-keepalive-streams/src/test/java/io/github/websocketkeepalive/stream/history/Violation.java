package io.github.websocketkeepalive.stream.history;

/**
 * A promise that was broken.
 *
 * @param kind which promise
 * @param index the event at which it shows
 * @param sentence what was seen
 */
record Violation(Kind kind, int index, String sentence) {

	/**
	 * What a promise is about.
	 */
	enum Kind {

		/** A message is missing, and nobody was told. */
		LOST,

		/** Two messages have one position. */
		TWO_MESSAGES,

		/** A message came twice, or has two positions in an epoch. */
		DUPLICATE,

		/** What was told of a gap is wrong. */
		WRONG_COUNT,

		/** Messages are in another order than they were published in. */
		OUT_OF_ORDER,

		/** A publish has no answer. */
		HANG,

		/** A stream has ended that must not end. */
		ENDED,

		/** Instances do not share a topic though nothing is at fault any more. */
		NOT_HEALED

	}

}
