package io.github.websocketkeepalive.stream.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;

import io.github.websocketkeepalive.autoconfigure.server.WebSocketServerAutoConfiguration;
import io.github.websocketkeepalive.connection.WebSocketConnections;
import io.github.websocketkeepalive.listener.CallbackFailures;
import io.github.websocketkeepalive.listener.Listeners;
import io.github.websocketkeepalive.server.ConnectionContextWebFilter;
import io.github.websocketkeepalive.stream.LiveTopic;
import io.github.websocketkeepalive.stream.ReplayableSource;
import io.github.websocketkeepalive.stream.StreamFeed;
import io.github.websocketkeepalive.stream.codec.StreamCodecs;
import io.github.websocketkeepalive.stream.server.StreamListener;
import io.github.websocketkeepalive.stream.server.StreamWebSocketHandler;
import io.github.websocketkeepalive.stream.session.MemorySessionStore;
import io.github.websocketkeepalive.stream.session.SessionStore;
import io.github.websocketkeepalive.stream.session.StreamSessions;

/**
 * Auto-configuration of the builder of handlers that offer streams.
 */
@AutoConfiguration(after = { WebSocketServerAutoConfiguration.class, WebSocketStreamCodecAutoConfiguration.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean({ ConnectionContextWebFilter.class, StreamCodecs.class })
public final class WebSocketStreamAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(SessionStore.class)
	MemorySessionStore webSocketStreamSessionStore(StreamProperties properties) {
		return new MemorySessionStore(properties.history().ttl());
	}

	@Bean
	@ConditionalOnMissingBean
	StreamSessions webSocketStreamSessions(SessionStore store) {
		return new StreamSessions(store);
	}

	@Bean
	@Scope("prototype")
	@ConditionalOnMissingBean
	StreamWebSocketHandler.Builder webSocketStreamHandlerBuilder(StreamCodecs codecs, StreamProperties properties,
			StreamSessions sessions, WebSocketConnections connections, ObjectProvider<StreamListener> listeners,
			CallbackFailures failures, ListableBeanFactory beans) {
		return new StreamWebSocketHandler.Builder(codecs, properties.toPolicy(), sessions, connections,
				new Listeners<>(StreamListener.class, listeners.orderedStream().toList(), failures),
				() -> feeds(beans));
	}

	private static Map<String, StreamFeed> feeds(ListableBeanFactory beans) {
		Map<String, StreamFeed> feeds = new LinkedHashMap<>();
		beans.getBeansOfType(ReplayableSource.class)
			.forEach((name, source) -> feeds.put(name, StreamWebSocketHandler.Builder.feedOf(source)));
		feeds.putAll(beans.getBeansOfType(LiveTopic.class));
		return feeds;
	}

}
