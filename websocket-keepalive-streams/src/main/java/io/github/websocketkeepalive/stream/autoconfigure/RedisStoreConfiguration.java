package io.github.websocketkeepalive.stream.autoconfigure;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.session.SessionStore;
import io.github.websocketkeepalive.stream.session.StreamSession;
import io.github.websocketkeepalive.stream.session.redis.RedisSessionStore;
import io.github.websocketkeepalive.stream.topic.HistoryStore;
import io.github.websocketkeepalive.stream.topic.redis.RedisHistoryStore;

/**
 * Keeps history and sessions in Redis where it is configured.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ReactiveRedisConnectionFactory.class)
@ConditionalOnSingleCandidate(ReactiveRedisConnectionFactory.class)
@Conditional(RedisStoreConfiguration.NotInMemory.class)
@RegisterReflectionForBinding(StreamSession.class)
class RedisStoreConfiguration {

	@Bean
	@ConditionalOnMissingBean(HistoryStore.class)
	RedisHistoryStore webSocketHistoryStore(ReactiveRedisConnectionFactory factory) {
		return new RedisHistoryStore(factory);
	}

	@Bean
	@ConditionalOnMissingBean(SessionStore.class)
	RedisSessionStore webSocketStreamSessionStore(ReactiveRedisConnectionFactory factory, StreamProperties properties,
			ObjectProvider<JsonMapper> mapper) {
		return new RedisSessionStore(factory, properties.history().ttl(), mapper.getIfAvailable(JsonMapper::new));
	}

	static class NotInMemory extends NoneNestedConditions {

		NotInMemory() {
			super(ConfigurationPhase.PARSE_CONFIGURATION);
		}

		@ConditionalOnProperty(name = "websocket-keepalive.stream.store", havingValue = "memory")
		static class InMemory {

		}

	}

}
