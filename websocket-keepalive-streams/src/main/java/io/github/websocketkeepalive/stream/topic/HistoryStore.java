package io.github.websocketkeepalive.stream.topic;

import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * Where the history of topics is kept. A bean of this type replaces ours.
 */
public interface HistoryStore {

	/**
	 * Open a topic, which, once it is followed, brings what is kept into the mirror, and
	 * then whatever is appended by any instance, in order.
	 * @param topic the name of the topic; opened once
	 * @param policy how much is to be kept
	 * @param mirror what clients of this instance read from
	 * @return the topic; this method does not block
	 */
	Log open(String topic, HistoryPolicy policy, TopicMirror mirror);

	/**
	 * Return whether history is kept at present, so that clients can continue on any
	 * instance. Topics go on live if not.
	 * @return whether the store can be reached
	 */
	boolean isAvailable();

	/**
	 * The messages of one topic.
	 */
	interface Log {

		/**
		 * Append a message. Messages appended one after the other keep their order.
		 * @param json the message, which is not changed afterwards
		 * @return the place of the message; subscribed to once
		 */
		Mono<StreamPosition> append(byte[] json);

		/**
		 * Wait until the mirror has a position, and everything that the store has when
		 * this is subscribed to.
		 * @return {@code false} if the store could not be asked; never fails
		 */
		Mono<Boolean> catchUp();

		/**
		 * Follow the topic until it is closed. Comes first, and again after a close.
		 */
		void follow();

		/**
		 * Follow the topic no longer.
		 */
		void close();

	}

}
