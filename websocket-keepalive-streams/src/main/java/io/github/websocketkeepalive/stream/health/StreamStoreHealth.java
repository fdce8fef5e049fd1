package io.github.websocketkeepalive.stream.health;

import java.util.Map;

import io.github.websocketkeepalive.health.WebSocketHealthDetails;
import io.github.websocketkeepalive.stream.topic.LiveTopics;

/**
 * Tells whether clients of live topics can continue on every instance, once there are
 * topics.
 */
public final class StreamStoreHealth implements WebSocketHealthDetails {

	private final LiveTopics topics;

	/**
	 * Create the details.
	 * @param topics the live topics
	 */
	public StreamStoreHealth(LiveTopics topics) {
		this.topics = topics;
	}

	@Override
	public Map<String, Object> details() {
		return this.topics.isEmpty() ? Map.of()
				: Map.of("streamStore", this.topics.isAvailable() ? "available" : "unavailable");
	}

}
