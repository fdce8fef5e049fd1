package io.github.websocketkeepalive.autoconfigure.stream;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.autoconfigure.InvalidKeepalivePropertyException;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.stream.store.HistoryPolicy;
import io.github.websocketkeepalive.stream.store.HistoryStore;
import io.github.websocketkeepalive.stream.store.LiveTopics;
import io.github.websocketkeepalive.stream.store.MemoryHistoryStore;

/**
 * Auto-configuration of live topics and of where their history is kept, with or without a
 * web server.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class, before = WebSocketStreamAutoConfiguration.class,
		afterName = { "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
				"org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration" })
@ConditionalOnClass(JsonMapper.class)
@ConditionalOnBean(WebSocketKeepaliveProperties.class)
@Import(RedisStoreConfiguration.class)
public final class WebSocketStreamStoreAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(HistoryStore.class)
	MemoryHistoryStore webSocketHistoryStore(WebSocketKeepaliveProperties properties) {
		if (properties.stream().store() == WebSocketKeepaliveProperties.Store.REDIS) {
			throw new InvalidKeepalivePropertyException("websocket-keepalive.stream.store", "redis",
					"Add 'spring-boot-starter-data-redis-reactive', or mark one of several connection factories as "
							+ "primary, or use 'memory'.");
		}
		return new MemoryHistoryStore();
	}

	@Bean
	@ConditionalOnMissingBean
	LiveTopics webSocketLiveTopics(HistoryStore store, WebSocketKeepaliveProperties properties,
			ObjectProvider<JsonMapper> mapper) {
		WebSocketKeepaliveProperties.History history = properties.stream().history();
		return new LiveTopics(store,
				new HistoryPolicy(history.maxEntries(), history.maxBytes().toBytes(), history.ttl()),
				mapper.getIfAvailable(JsonMapper::new));
	}

	@Bean
	LiveTopicsLifecycle webSocketLiveTopicsLifecycle(LiveTopics topics) {
		return new LiveTopicsLifecycle(topics);
	}

}
