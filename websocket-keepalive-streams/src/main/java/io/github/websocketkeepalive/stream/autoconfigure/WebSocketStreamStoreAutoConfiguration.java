package io.github.websocketkeepalive.stream.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.autoconfigure.InvalidKeepalivePropertyException;
import io.github.websocketkeepalive.stream.topic.HistoryPolicy;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.LiveTopics;
import io.github.websocketkeepalive.stream.topic.MemoryHistoryStore;

/**
 * Auto-configuration of live topics and of where their history is kept, with or without a
 * web server.
 */
@AutoConfiguration(after = WebSocketStreamPropertiesAutoConfiguration.class,
		before = WebSocketStreamAutoConfiguration.class,
		afterName = { "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
				"org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration" })
@ConditionalOnClass(JsonMapper.class)
@ConditionalOnBean(StreamProperties.class)
@Import(RedisStoreConfiguration.class)
public final class WebSocketStreamStoreAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(HistoryStore.class)
	MemoryHistoryStore webSocketHistoryStore(StreamProperties properties) {
		if (properties.store() == StreamProperties.Store.REDIS) {
			throw new InvalidKeepalivePropertyException("websocket-keepalive.stream.store", "redis",
					"Add 'spring-boot-starter-data-redis-reactive', or mark one of several connection factories as "
							+ "primary, or use 'memory'.");
		}
		return new MemoryHistoryStore();
	}

	@Bean
	@ConditionalOnMissingBean
	LiveTopics webSocketLiveTopics(HistoryStore store, StreamProperties properties, ObjectProvider<JsonMapper> mapper) {
		StreamProperties.History history = properties.history();
		return new LiveTopics(store,
				new HistoryPolicy(history.maxEntries(), history.maxBytes().toBytes(), history.ttl()),
				mapper.getIfAvailable(JsonMapper::new));
	}

	@Bean
	LiveTopicsLifecycle webSocketLiveTopicsLifecycle(LiveTopics topics) {
		return new LiveTopicsLifecycle(topics);
	}

}
