package io.github.websocketkeepalive.stream.health;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.LiveTopics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class StreamStoreHealthTests {

	@Test
	void tellsWhetherClientsOfTopicsCanContinueIfThereAreTopics() {
		HistoryStore store = mock(HistoryStore.class);
		HistoryPolicy policy = new HistoryPolicy(1, 1, Duration.ofSeconds(1));
		try (LiveTopics topics = new LiveTopics(store, policy, JsonMapper.shared())) {
			StreamStoreHealth health = new StreamStoreHealth(topics);
			assertThat(health.details()).isEmpty();
			given(store.open(any(), any(), any())).willReturn(mock(HistoryStore.Log.class));
			topics.create("prices");
			assertThat(health.details()).hasSize(1).containsEntry("streamStore", "unavailable");
			given(store.isAvailable()).willReturn(true);
			assertThat(health.details()).hasSize(1).containsEntry("streamStore", "available");
		}
	}

}
