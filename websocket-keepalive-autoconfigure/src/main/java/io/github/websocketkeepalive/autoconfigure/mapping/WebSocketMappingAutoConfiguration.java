package io.github.websocketkeepalive.autoconfigure.mapping;

import java.util.Map;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.mapping.EchoWebSocketHandler;
import io.github.websocketkeepalive.mapping.WebSocketMappingHandlerMapping;

/**
 * Auto-configuration of the mapping of handlers that carry an annotation, and of the echo
 * handler.
 */
@AutoConfiguration(after = WebSocketKeepaliveAutoConfiguration.class)
@ConditionalOnClass(WebSocketHandler.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties(WebSocketKeepaliveProperties.class)
public final class WebSocketMappingAutoConfiguration {

	private static final String ECHO_HANDLER = "webSocketEchoHandler";

	@Bean
	@ConditionalOnMissingBean
	WebSocketMappingHandlerMapping webSocketMappingHandlerMapping(WebSocketKeepaliveProperties properties,
			Environment environment) {
		String echoPath = properties.echo().path();
		return new WebSocketMappingHandlerMapping((echoPath != null) ? Map.of(echoPath, ECHO_HANDLER) : Map.of(),
				offloadScheduler(environment));
	}

	@Bean(ECHO_HANDLER)
	@ConditionalOnProperty("websocket-keepalive.echo.path")
	EchoWebSocketHandler webSocketEchoHandler() {
		return new EchoWebSocketHandler();
	}

	private static Scheduler offloadScheduler(Environment environment) {
		return Threading.VIRTUAL.isActive(environment)
				? Schedulers.fromExecutor(new VirtualThreadTaskExecutor("websocket-offload-"))
				: Schedulers.boundedElastic();
	}

}
