package io.github.websocketkeepalive.mapping;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.NativeDetector;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import io.github.websocketkeepalive.Internal;

/**
 * Stands before a handler of the application, and has the public interfaces that the
 * handler has: WebFlux looks for some of them, such as one that tells which origins may
 * connect. Handles sessions in another way, and passes every other call on.
 */
@Internal
public final class WebSocketHandlerProxy implements InvocationHandler {

	private final WebSocketHandler handler;

	private final Function<WebSocketSession, Mono<Void>> handling;

	private WebSocketHandlerProxy(WebSocketHandler handler, Function<WebSocketSession, Mono<Void>> handling) {
		this.handler = handler;
		this.handling = handling;
	}

	/**
	 * Create a proxy. In a native image, which knows no proxies that it was not told of,
	 * it has only the interfaces that WebFlux looks for.
	 * @param handler the handler of the application
	 * @param handling handles a session
	 * @return a handler with the public interfaces of the other
	 */
	public static WebSocketHandler of(WebSocketHandler handler, Function<WebSocketSession, Mono<Void>> handling) {
		Set<Class<?>> interfaces = interfacesOf(handler);
		if (interfaces.size() > 1 && !NativeDetector.inNativeImage()) {
			try {
				return (WebSocketHandler) Proxy.newProxyInstance(handler.getClass().getClassLoader(),
						interfaces.toArray(Class<?>[]::new), new WebSocketHandlerProxy(handler, handling));
			}
			catch (IllegalArgumentException ex) {
				// Interfaces that no class can have together, or that it cannot see.
			}
		}
		return (handler instanceof CorsConfigurationSource cors) ? new CorsDelegate(handler, handling, cors)
				: new Delegate(handler, handling);
	}

	private static Set<Class<?>> interfacesOf(WebSocketHandler handler) {
		Set<Class<?>> interfaces = new LinkedHashSet<>();
		interfaces.add(WebSocketHandler.class);
		for (Class<?> type = handler.getClass(); type != null; type = type.getSuperclass()) {
			collect(type, interfaces);
		}
		return interfaces;
	}

	// One that a proxy cannot have may extend others that it can.
	private static void collect(Class<?> type, Set<Class<?>> interfaces) {
		for (Class<?> candidate : type.getInterfaces()) {
			if (Modifier.isPublic(candidate.getModifiers()) && !candidate.isSealed() && !candidate.isHidden()) {
				interfaces.add(candidate);
			}
			else {
				collect(candidate, interfaces);
			}
		}
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
		if (arguments != null && arguments.length == 1 && arguments[0] instanceof WebSocketSession session
				&& method.getName().equals("handle")) {
			return this.handling.apply(session);
		}
		if (arguments != null && ReflectionUtils.isEqualsMethod(method)) {
			return proxy == arguments[0];
		}
		try {
			ReflectionUtils.makeAccessible(method);
			return method.invoke(this.handler, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	private static class Delegate implements WebSocketHandler {

		private final WebSocketHandler handler;

		private final Function<WebSocketSession, Mono<Void>> handling;

		Delegate(WebSocketHandler handler, Function<WebSocketSession, Mono<Void>> handling) {
			this.handler = handler;
			this.handling = handling;
		}

		@Override
		public List<String> getSubProtocols() {
			return this.handler.getSubProtocols();
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return this.handling.apply(session);
		}

	}

	private static final class CorsDelegate extends Delegate implements CorsConfigurationSource {

		private final CorsConfigurationSource cors;

		CorsDelegate(WebSocketHandler handler, Function<WebSocketSession, Mono<Void>> handling,
				CorsConfigurationSource cors) {
			super(handler, handling);
			this.cors = cors;
		}

		@Override
		public @Nullable CorsConfiguration getCorsConfiguration(ServerWebExchange exchange) {
			return this.cors.getCorsConfiguration(exchange);
		}

	}

}
