package io.github.websocketkeepalive.autoconfigure.server;

import java.util.Comparator;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;

import io.github.websocketkeepalive.server.ExtendedConnectCustomizer;

/**
 * Has WebSockets over HTTP/2 offered, unless a part of the application refuses the method
 * {@code CONNECT}: a browser asks by it as soon as they are offered, and by {@code GET}
 * over HTTP/1.1 otherwise, which all of them take.
 */
final class ExtendedConnectCheck implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(ExtendedConnectCheck.class);

	/**
	 * Types of beans, and whose they are. The firewall of Spring Security and its
	 * protection from CSRF, the filter of Spring Cloud Gateway, the mapping of Spring for
	 * GraphQL and the methods that CORS allows unless told otherwise do not know it.
	 */
	private static final Map<String, String> REFUSING = Map.of(
			"org.springframework.security.web.server.WebFilterChainProxy", "Spring Security",
			"org.springframework.cloud.gateway.filter.WebsocketRoutingFilter", "Spring Cloud Gateway",
			"org.springframework.graphql.server.webflux.GraphQlWebSocketHandler", "Spring for GraphQL",
			"org.springframework.web.cors.reactive.CorsWebFilter", "a filter for CORS");

	private final ExtendedConnectCustomizer customizer = new ExtendedConnectCustomizer();

	private final ListableBeanFactory beans;

	private final Map<String, String> refusing;

	ExtendedConnectCheck(ListableBeanFactory beans) {
		this(beans, REFUSING);
	}

	ExtendedConnectCheck(ListableBeanFactory beans, Map<String, String> refusing) {
		this.beans = beans;
		this.refusing = refusing;
	}

	@Override
	public int getOrder() {
		return this.customizer.getOrder();
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		this.refusing.entrySet()
			.stream()
			.filter((part) -> isThere(part.getKey()))
			.map(Map.Entry::getValue)
			.min(Comparator.naturalOrder())
			.ifPresentOrElse((part) -> tell(factory, part), () -> this.customizer.customize(factory));
	}

	private boolean isThere(String type) {
		ClassLoader classLoader = getClass().getClassLoader();
		if (!ClassUtils.isPresent(type, classLoader)) {
			return false;
		}
		Class<?> known = ClassUtils.resolveClassName(type, classLoader);
		return this.beans.getBeanNamesForType(known, true, false).length > 0;
	}

	private static void tell(NettyReactiveWebServerFactory factory, String part) {
		Http2 http2 = factory.getHttp2();
		if (http2 != null && http2.isEnabled()) {
			logger.info("WebSockets are not offered over HTTP/2, because {} refuses them unless it is told otherwise. "
					+ "If it is, set 'websocket-keepalive.http2.connect-protocol' to 'on'", part);
		}
	}

}
