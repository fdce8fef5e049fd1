package io.github.websocketkeepalive.stream;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * What the server reads a stream from, of whatever kind its source is.
 */
@FunctionalInterface
public interface StreamFeed {

	/**
	 * Open a stream. Called on an event loop, which must not be blocked.
	 * @param request what the client asked for
	 * @param from where the client wants to continue, or {@code null} to begin
	 * @return {@link FeedSignal.Opened} first, then items, and {@code Opened} again
	 * whenever the numbering does not continue; never emits more than was requested
	 */
	Publisher<FeedSignal> open(StreamRequest request, @Nullable StreamPosition from);

}
