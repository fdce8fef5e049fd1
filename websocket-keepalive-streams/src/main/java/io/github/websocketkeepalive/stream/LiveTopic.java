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
	 * Publish a message to every client of every instance, once the result is subscribed
	 * to. Messages of one thread keep the order in which it subscribes, whether or not it
	 * waits for their places.
	 * @param message the message
	 * @return nothing is published before it is subscribed to, and once however often it
	 * is. Completes once the message has its place, with that; never waits for clients.
	 * Fails if the message cannot be written, or the topic is closed
	 */
	Mono<StreamPosition> publish(T message);

}
