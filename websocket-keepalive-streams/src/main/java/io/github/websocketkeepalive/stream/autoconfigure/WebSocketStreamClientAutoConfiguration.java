package io.github.websocketkeepalive.stream.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;

import io.github.websocketkeepalive.autoconfigure.client.WebSocketClientAutoConfiguration;
import io.github.websocketkeepalive.client.KeepaliveWebSocketClient;
import io.github.websocketkeepalive.stream.client.StreamClient;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;

/**
 * Auto-configuration of the builder of clients that follow streams, with or without a web
 * server.
 */
@AutoConfiguration(after = { WebSocketClientAutoConfiguration.class, WebSocketStreamCodecAutoConfiguration.class })
@ConditionalOnBean({ KeepaliveWebSocketClient.Builder.class, StreamCodecs.class })
public final class WebSocketStreamClientAutoConfiguration {

	@Bean
	@Scope("prototype")
	@ConditionalOnMissingBean
	StreamClient.Builder webSocketStreamClientBuilder(KeepaliveWebSocketClient.Builder client, StreamCodecs codecs,
			StreamProperties properties) {
		return new StreamClient.Builder(client, codecs, properties.window(), properties.ackEvery());
	}

}
