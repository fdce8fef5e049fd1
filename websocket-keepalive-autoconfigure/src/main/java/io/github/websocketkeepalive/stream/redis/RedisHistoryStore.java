package io.github.websocketkeepalive.stream.redis;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;

import io.github.websocketkeepalive.stream.store.HistoryPolicy;
import io.github.websocketkeepalive.stream.store.HistoryStore;
import io.github.websocketkeepalive.stream.store.TopicMirror;

/**
 * Keeps history in Redis Streams, so that clients continue on any instance.
 */
public final class RedisHistoryStore implements HistoryStore {

	private static final Logger logger = LoggerFactory.getLogger(RedisHistoryStore.class);

	private final Set<String> down = ConcurrentHashMap.newKeySet();

	private final ReactiveRedisConnectionFactory factory;

	/**
	 * Create a store.
	 * @param factory connects to Redis 6.2 or later
	 */
	public RedisHistoryStore(ReactiveRedisConnectionFactory factory) {
		this.factory = factory;
	}

	@Override
	public Log open(String topic, HistoryPolicy policy, TopicMirror mirror) {
		return new RedisTopicLog(topic, policy, mirror, this, this.factory);
	}

	@Override
	public boolean isAvailable() {
		return this.down.isEmpty();
	}

	synchronized void down(String topic, Throwable failure) {
		if (this.down.isEmpty()) {
			logger.warn(
					"No history of topics is kept at present, such as of '{}': {}. They go on live, but no client "
							+ "can continue where it stopped",
					topic, NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
		}
		this.down.add(topic);
	}

	synchronized void up(String topic) {
		if (this.down.remove(topic) && this.down.isEmpty()) {
			logger.info("The history of topics is kept again");
		}
	}

}
