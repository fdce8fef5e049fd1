package io.github.websocketkeepalive.stream.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

import io.github.websocketkeepalive.autoconfigure.WebSocketKeepaliveProperties;
import io.github.websocketkeepalive.autoconfigure.browser.WebSocketBrowserClientAutoConfiguration;
import io.github.websocketkeepalive.browser.BrowserClientScript;

/**
 * Auto-configuration of the script of streams for browsers, which is served beside the
 * script that it imports.
 */
@AutoConfiguration(after = WebSocketBrowserClientAutoConfiguration.class)
@ConditionalOnClass(RouterFunction.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(WebSocketKeepaliveProperties.class)
@ConditionalOnBooleanProperty("websocket-keepalive.browser-client.enabled")
public final class WebSocketStreamBrowserAutoConfiguration {

	static final String LOCATION = "io/github/websocketkeepalive/stream/browser/websocket-streams.js";

	private static final String ROUTE = "webSocketStreamScriptRoute";

	@Bean(ROUTE)
	@ConditionalOnMissingBean(name = ROUTE)
	RouterFunction<ServerResponse> webSocketStreamScriptRoute(WebSocketKeepaliveProperties properties) {
		return BrowserClientScript.beside(properties.browserClient().path(), LOCATION);
	}

}
