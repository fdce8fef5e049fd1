package io.github.websocketkeepalive.stream;

import reactor.core.publisher.Mono;

/**
 * Messages that the application publishes and clients follow. Made by {@code LiveTopics};
 * a bean of this type is offered to clients under the name of the bean.
 *
 * @param <T> what the messages are; written by Jackson
 */
public interface LiveTopic<T> extends StreamFeed {

	/**
	 * Return the name under which the history is kept.
	 * @return the name, the same on every instance
	 */
	String name();

	/**
	 * Publish a message to every client of every instance. Messages of one publisher that
	 * are published one after the other keep their order.
	 * @param message the message
	 * @return completes once the message has its place, with that; never waits for
	 * clients. The message is published once however often it is subscribed to
	 */
	Mono<StreamPosition> publish(T message);

}
