package io.github.websocketkeepalive.stream.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.github.websocketkeepalive.autoconfigure.health.WebSocketHealthAutoConfiguration;
import io.github.websocketkeepalive.stream.health.StreamStoreHealth;
import io.github.websocketkeepalive.stream.topic.LiveTopics;

/**
 * Auto-configuration of what the health of WebSockets tells about streams.
 */
@AutoConfiguration(after = { WebSocketHealthAutoConfiguration.class, WebSocketStreamStoreAutoConfiguration.class })
@ConditionalOnBean(LiveTopics.class)
public final class WebSocketStreamHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StreamStoreHealth webSocketStreamStoreHealth(LiveTopics topics) {
		return new StreamStoreHealth(topics);
	}

}
