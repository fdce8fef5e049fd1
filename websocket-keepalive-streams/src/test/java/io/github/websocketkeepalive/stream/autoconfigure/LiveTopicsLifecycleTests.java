package io.github.websocketkeepalive.stream.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.StreamPosition;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.stream.topic.TopicMirror;

import static org.assertj.core.api.Assertions.assertThat;

class LiveTopicsLifecycleTests {

	private final RecordingStore store = new RecordingStore();

	private final LiveTopics topics = new LiveTopics(this.store, new HistoryPolicy(10, 1000, Duration.ofMinutes(1)),
			JsonMapper.shared());

	private final LiveTopicsLifecycle lifecycle = new LiveTopicsLifecycle(this.topics);

	@Test
	void topicsAreClosedWhenTheApplicationStops() {
		this.topics.create("prices");
		this.lifecycle.start();
		assertThat(this.lifecycle.isRunning()).isTrue();
		assertThat(this.store.calls).containsExactly("follow");
		this.lifecycle.stop();
		assertThat(this.lifecycle.isRunning()).isFalse();
		assertThat(this.store.calls).containsExactly("follow", "close");
	}

	@Test
	void topicsAreOpenAgainWhenTheApplicationStartsAgain() {
		this.topics.create("prices");
		this.lifecycle.start();
		this.lifecycle.stop();
		this.lifecycle.start();
		assertThat(this.store.calls).containsExactly("follow", "close", "follow");
		this.lifecycle.stop();
	}

	private static final class RecordingStore implements HistoryStore, HistoryStore.Log {

		private final List<String> calls = new ArrayList<>();

		@Override
		public Log open(String topic, HistoryPolicy policy, TopicMirror mirror) {
			return this;
		}

		@Override
		public boolean isAvailable() {
			return true;
		}

		@Override
		public Mono<StreamPosition> append(byte[] json) {
			return Mono.empty();
		}

		@Override
		public Mono<Boolean> catchUp() {
			return Mono.empty();
		}

		@Override
		public void follow() {
			this.calls.add("follow");
		}

		@Override
		public void close() {
			this.calls.add("close");
		}

	}

}
