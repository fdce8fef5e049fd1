package io.github.websocketkeepalive.stream.history;

import org.jspecify.annotations.Nullable;

import io.github.websocketkeepalive.stream.StreamPosition;

/**
 * Something that happened in a run.
 */
sealed interface Event {

	/**
	 * Return who is concerned: an instance, a subscriber, or nobody in particular.
	 */
	default String actor() {
		return "";
	}

	/**
	 * An event of a message that is published.
	 */
	sealed interface OfPublish extends Event {

		Message message();

		@Override
		default String actor() {
			return message().publisher();
		}

	}

	/**
	 * An event of a subscriber.
	 */
	sealed interface OfSubscriber extends Event {

		String subscriber();

		@Override
		default String actor() {
			return subscriber();
		}

	}

	/**
	 * An instance has started.
	 */
	record Started(String instance) implements Event {
	}

	/**
	 * An instance was killed. Nobody knows what became of its publishes without an
	 * answer.
	 */
	record Killed(String instance) implements Event {
	}

	/**
	 * A step of the schedule of faults was taken.
	 */
	record Faulted(String what) implements Event {
	}

	/**
	 * Nothing is at fault from here on.
	 */
	record Healed() implements Event {
	}

	/**
	 * An instance was asked to publish a message.
	 */
	record Published(Message message) implements OfPublish {
	}

	/**
	 * A publish has completed.
	 */
	record Placed(Message message, StreamPosition position) implements OfPublish {
	}

	/**
	 * A publish has failed.
	 */
	record Refused(Message message, String reason) implements OfPublish {
	}

	/**
	 * A subscriber opens the topic on an instance.
	 */
	record Opening(String subscriber, String instance, @Nullable StreamPosition from) implements OfSubscriber {
	}

	/**
	 * A subscriber was told the position of the next item.
	 */
	record Opened(String subscriber, StreamPosition position, boolean recovered,
			@Nullable Long missing) implements OfSubscriber {
	}

	/**
	 * A subscriber got a message.
	 */
	record Received(String subscriber, StreamPosition position, Message message) implements OfSubscriber {
	}

	/**
	 * The stream of a subscriber has ended.
	 */
	record Ended(String subscriber, String code) implements OfSubscriber {
	}

	/**
	 * A subscriber has cancelled its stream, or its instance was killed.
	 */
	record Left(String subscriber) implements OfSubscriber {
	}

}
