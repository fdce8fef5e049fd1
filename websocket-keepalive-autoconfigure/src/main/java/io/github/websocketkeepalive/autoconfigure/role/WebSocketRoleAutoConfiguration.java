package io.github.websocketkeepalive.autoconfigure.role;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the warning about a server whose WebSockets are not kept alive.
 */
@AutoConfiguration
@ConditionalOnClass(WebServerInitializedEvent.class)
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty(name = "websocket-keepalive.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = ServerRoleCondition.CLIENT_ONLY, havingValue = false, matchIfMissing = true)
public final class WebSocketRoleAutoConfiguration {

	@Bean
	OtherServerCheck webSocketOtherServerCheck() {
		return new OtherServerCheck();
	}

}
