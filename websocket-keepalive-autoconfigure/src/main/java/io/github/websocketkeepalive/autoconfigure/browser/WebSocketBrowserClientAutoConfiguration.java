package io.github.websocketkeepalive.autoconfigure.browser;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveAutoConfiguration;
import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.autoconfigure.mapping.WebSocketMappingAutoConfiguration;
import io.github.websocketkeepalive.browser.BrowserClientScript;

/**
 * Auto-configuration of the script for browsers, which is served only where that is asked
 * for.
 */
@AutoConfiguration(after = { WebSocketKeepaliveAutoConfiguration.class, WebSocketMappingAutoConfiguration.class })
@ConditionalOnClass(RouterFunction.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(WebSocketKeepaliveProperties.class)
@ConditionalOnBooleanProperty("websocket-keepalive.browser-client.enabled")
public final class WebSocketBrowserClientAutoConfiguration {

	private static final String ROUTE = "webSocketBrowserClientRoute";

	@Bean(ROUTE)
	@ConditionalOnMissingBean(name = ROUTE)
	RouterFunction<ServerResponse> webSocketBrowserClientRoute(WebSocketKeepaliveProperties properties) {
		return BrowserClientScript.at(properties.browserClient().path());
	}

}
