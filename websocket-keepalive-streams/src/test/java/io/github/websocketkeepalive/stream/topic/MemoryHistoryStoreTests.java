package io.github.websocketkeepalive.stream.topic;

import org.junit.jupiter.api.Test;

import io.github.websocketkeepalive.stream.LiveTopic;

import static org.assertj.core.api.Assertions.assertThat;

class MemoryHistoryStoreTests extends HistoryStoreContract {

	@Override
	protected HistoryStore store() {
		return new MemoryHistoryStore();
	}

	@Test
	void isAlwaysAvailable() {
		assertThat(new MemoryHistoryStore().isAvailable()).isTrue();
		assertThat(topics(store(), POLICY).isAvailable()).isTrue();
	}

	@Test
	void everyLifeHasAnEpochOfItsOwn() {
		LiveTopic<Object> before = topic(POLICY);
		LiveTopic<Object> after = topic(POLICY);
		assertThat(publish(before, 1).epoch()).isNotEqualTo(publish(after, 1).epoch());
	}

}
