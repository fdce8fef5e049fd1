package io.github.websocketkeepalive.stream.autoconfigure;

import io.netty.buffer.ByteBuf;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

import io.github.websocketkeepalive.stream.codec.StreamCodecs;

/**
 * Auto-configuration of the encodings of streams, for servers and clients. They encode
 * into Netty's buffers, which an application on another server need not have.
 */
@AutoConfiguration(after = WebSocketStreamPropertiesAutoConfiguration.class,
		afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnClass({ ByteBuf.class, JsonMapper.class })
@ConditionalOnBean(StreamProperties.class)
public final class WebSocketStreamCodecAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StreamCodecs webSocketStreamCodecs(ObjectProvider<JsonMapper> mapper) {
		return new StreamCodecs(mapper.getIfAvailable(JsonMapper::new));
	}

}
