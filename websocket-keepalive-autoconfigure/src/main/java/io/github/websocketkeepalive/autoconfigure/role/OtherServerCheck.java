package io.github.websocketkeepalive.autoconfigure.role;

import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.util.ClassUtils;

/**
 * Says once that the web server is not the one whose WebSockets are kept alive, because
 * nothing else would show it.
 */
final class OtherServerCheck implements ApplicationListener<WebServerInitializedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(OtherServerCheck.class);

	private final AtomicBoolean told = new AtomicBoolean();

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		WebServer server = event.getWebServer();
		if (!isReactorNetty(server) && this.told.compareAndSet(false, true)) {
			logger.warn("WebSockets of this server are not kept alive: found {}, but it takes WebFlux on Reactor Netty "
					+ "('spring-boot-starter-webflux', without 'spring-boot-starter-webmvc' and without another "
					+ "server). If this application only opens WebSockets by KeepaliveWebSocketClient, set "
					+ "'{}' to 'true': this warning then ends, and they are shown",
					ClassUtils.getShortName(server.getClass()), ServerRoleCondition.CLIENT_ONLY);
		}
	}

	private static boolean isReactorNetty(WebServer server) {
		try {
			return server instanceof NettyWebServer;
		}
		catch (NoClassDefFoundError ex) {
			return false;
		}
	}

}
