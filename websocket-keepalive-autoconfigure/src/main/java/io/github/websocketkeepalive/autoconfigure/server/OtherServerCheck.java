package io.github.websocketkeepalive.autoconfigure.server;

import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Says once that the web server is not the one whose connections are kept alive, because
 * nothing else would show it.
 */
final class OtherServerCheck implements ApplicationListener<WebServerInitializedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(OtherServerCheck.class);

	private final AtomicBoolean told = new AtomicBoolean();

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		WebServer server = event.getWebServer();
		if (!(server instanceof NettyWebServer) && this.told.compareAndSet(false, true)) {
			logger.warn("WebSockets of this server are not kept alive: it is a {}, and websocket-keepalive needs a "
					+ "NettyWebServer. Use 'spring-boot-starter-webflux' without another server, or remove "
					+ "websocket-keepalive. Clients are kept alive all the same.", server.getClass().getSimpleName());
		}
	}

}
