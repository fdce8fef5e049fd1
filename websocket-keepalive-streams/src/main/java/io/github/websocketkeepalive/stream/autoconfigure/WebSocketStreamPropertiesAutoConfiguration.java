package io.github.websocketkeepalive.stream.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;

/**
 * Auto-configuration of the properties of streams.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class)
@ConditionalOnBean(WebSocketKeepaliveProperties.class)
@EnableConfigurationProperties(StreamProperties.class)
public final class WebSocketStreamPropertiesAutoConfiguration {

	@Bean
	KnownStreamProperties webSocketKnownStreamProperties() {
		return new KnownStreamProperties();
	}

}
