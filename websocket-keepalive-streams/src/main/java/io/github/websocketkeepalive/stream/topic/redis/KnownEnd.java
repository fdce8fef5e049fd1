package io.github.websocketkeepalive.stream.topic.redis;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * Up to where an instance knows the stream of a topic.
 *
 * @param position the place of the next message
 * @param last names the message before it, by its writer, batch and index; empty if none
 * is known
 */
record KnownEnd(StreamPosition position, String last) {

	static final KnownEnd NOTHING = new KnownEnd(new StreamPosition("", 0), "");

}
