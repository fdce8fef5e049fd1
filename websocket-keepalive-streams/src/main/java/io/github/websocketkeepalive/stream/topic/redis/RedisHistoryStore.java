package io.github.websocketkeepalive.stream.topic.redis;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.stream.redis.RedisConnector;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.TopicMirror;

/**
 * Keeps history in Redis Streams, so that clients continue on any instance. All topics
 * share two connections; in a cluster, and with another driver than Lettuce, each topic
 * has its own.
 */
public final class RedisHistoryStore implements HistoryStore, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RedisHistoryStore.class);

	private static final int WRITER_BYTES = 8;

	private final Set<String> down = ConcurrentHashMap.newKeySet();

	private final String writer = randomName();

	private final ReactiveRedisConnectionFactory factory;

	private final TopicFollower follower;

	private final List<TopicFollower> followers = new CopyOnWriteArrayList<>();

	/**
	 * Create a store.
	 * @param factory connects to Redis 6.2 or later
	 */
	public RedisHistoryStore(ReactiveRedisConnectionFactory factory) {
		this.factory = factory;
		this.follower = follower();
	}

	private static String randomName() {
		byte[] name = new byte[WRITER_BYTES];
		new SecureRandom().nextBytes(name);
		return HexFormat.of().formatHex(name);
	}

	@Override
	public Log open(String topic, HistoryPolicy policy, TopicMirror mirror) {
		return new RedisTopicLog(topic, policy, mirror, this, this.writer, mayBeCluster() ? follower() : this.follower);
	}

	private TopicFollower follower() {
		TopicFollower follower = new TopicFollower(this.factory);
		this.followers.add(follower);
		return follower;
	}

	// A command cannot wait for entries of two nodes. Not every driver tells whether
	// there are any.
	private boolean mayBeCluster() {
		return !(this.factory instanceof LettuceConnectionFactory lettuce) || lettuce.isClusterAware();
	}

	@Override
	public boolean isAvailable() {
		return this.down.isEmpty();
	}

	/**
	 * Close all connections. Waits for that, so that whoever has made the factory can
	 * shut down its threads afterwards; not to be called on an event loop.
	 */
	@Override
	public void close() {
		Mono.whenDelayError(this.followers.stream().map(TopicFollower::close).toList())
			.timeout(RedisConnector.TIMEOUT)
			.onErrorComplete()
			.block();
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

	synchronized void closed(String topic) {
		this.down.remove(topic);
	}

	synchronized void up(String topic) {
		if (this.down.remove(topic) && this.down.isEmpty()) {
			logger.info("The history of topics is kept again");
		}
	}

}
