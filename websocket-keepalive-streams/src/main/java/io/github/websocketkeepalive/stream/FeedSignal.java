package io.github.websocketkeepalive.stream;

import org.jspecify.annotations.Nullable;

/**
 * What comes out of a {@link StreamFeed}.
 */
public sealed interface FeedSignal {

	/**
	 * Tells the position of the next item.
	 *
	 * @param position the position
	 * @param recovered whether the stream continues exactly where the client asked
	 * @param missing how many items lie between what the client has and the position;
	 * {@code null} if nobody can know
	 */
	record Opened(StreamPosition position, boolean recovered, @Nullable Long missing) implements FeedSignal {
	}

	/**
	 * The next row or message.
	 *
	 * @param value the value, written by Jackson unless it is encoded already
	 */
	record Item(Object value) implements FeedSignal {
	}

}
