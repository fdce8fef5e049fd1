package io.github.websocketkeepalive.stream.topic.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.HistoryStoreContract;
import io.github.websocketkeepalive.test.EmbeddedRedis;

class RedisHistoryStoreTests extends HistoryStoreContract {

	private static EmbeddedRedis redis;

	private static LettuceConnectionFactory factory;

	@BeforeAll
	static void start() {
		redis = EmbeddedRedis.start();
		factory = redis.factory();
	}

	@AfterAll
	static void stop() {
		factory.destroy();
		redis.close();
	}

	@Override
	protected HistoryStore store() {
		factory.getConnection().serverCommands().flushAll();
		return new RedisHistoryStore(factory);
	}

}
