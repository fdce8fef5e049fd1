package io.github.websocketkeepalive.client.shared;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * What users say on every new connection before anything else is sent. Thread-safe.
 */
final class Greetings {

	private final List<List<SharedMessage>> greetings = new ArrayList<>();

	private Sinks.@Nullable Many<SharedMessage> connection;

	/**
	 * Add the greeting of a user, and say it if there is a connection.
	 * @param greeting the messages
	 */
	synchronized void add(List<SharedMessage> greeting) {
		this.greetings.add(greeting);
		if (this.connection != null) {
			greeting.forEach(this.connection::tryEmitNext);
		}
	}

	synchronized void remove(List<SharedMessage> greeting) {
		this.greetings.removeIf((other) -> other == greeting);
	}

	/**
	 * Return all greetings, and those that follow, for one connection.
	 * @return the messages
	 */
	synchronized Flux<SharedMessage> onConnection() {
		Sinks.Many<SharedMessage> sink = Sinks.many().unicast().onBackpressureBuffer();
		this.greetings.forEach((greeting) -> greeting.forEach(sink::tryEmitNext));
		this.connection = sink;
		return sink.asFlux();
	}

}
