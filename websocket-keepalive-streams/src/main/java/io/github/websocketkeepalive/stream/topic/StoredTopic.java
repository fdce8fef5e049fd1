package io.github.websocketkeepalive.stream.topic;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.FeedSignal;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.StreamRequest;

/**
 * A topic: appends to its store, and reads from its mirror.
 *
 * @param <T> what the messages are
 */
final class StoredTopic<T> implements LiveTopic<T> {

	private final String name;

	private final LaggingReaderPolicy overflow;

	private final JsonMapper mapper;

	private final TopicMirror mirror;

	private final HistoryStore.Log log;

	StoredTopic(String name, LaggingReaderPolicy overflow, JsonMapper mapper, TopicMirror mirror,
			HistoryStore.Log log) {
		this.name = name;
		this.overflow = overflow;
		this.mapper = mapper;
		this.mirror = mirror;
		this.log = log;
	}

	@Override
	public String name() {
		return this.name;
	}

	// What follows runs elsewhere, so that it cannot hold up the topic.
	@Override
	public Mono<StreamPosition> publish(T message) {
		Objects.requireNonNull(message, "message");
		return Mono.defer(() -> this.log.append(this.mapper.writeValueAsBytes(message)))
			.publishOn(Schedulers.parallel())
			.cache();
	}

	@Override
	public Publisher<FeedSignal> open(StreamRequest request, @Nullable StreamPosition from) {
		return (subscriber) -> {
			TopicReader reader = new TopicReader(subscriber, this.overflow, this::remove);
			subscriber.onSubscribe(reader);
			this.mirror.execute(() -> place(reader, from));
		};
	}

	private void place(TopicReader reader, @Nullable StreamPosition from) {
		if (this.mirror.knows(from)) {
			this.mirror.add(reader, from, true);
		}
		else {
			this.log.catchUp()
				.subscribe((complete) -> this.mirror.execute(() -> this.mirror.add(reader, from, complete)));
		}
	}

	private void remove(TopicReader reader) {
		this.mirror.execute(() -> this.mirror.remove(reader));
	}

	void removeExpired() {
		this.mirror.execute(this.mirror::removeExpired);
	}

	void follow() {
		this.log.follow();
	}

	void close() {
		this.log.close();
	}

}
