package io.github.websocketkeepalive.mapping;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

/**
 * Stands before a handler of the application, and has every public interface that the
 * handler has: WebFlux looks for some of them, such as one that tells which origins may
 * connect. Handles sessions in another way, and passes every other call on.
 */
public final class WebSocketHandlerProxy implements InvocationHandler {

	private final WebSocketHandler handler;

	private final Function<WebSocketSession, Mono<Void>> handling;

	private WebSocketHandlerProxy(WebSocketHandler handler, Function<WebSocketSession, Mono<Void>> handling) {
		this.handler = handler;
		this.handling = handling;
	}

	/**
	 * Create a proxy.
	 * @param handler the handler of the application
	 * @param handling handles a session
	 * @return a handler with the public interfaces of the other
	 */
	public static WebSocketHandler of(WebSocketHandler handler, Function<WebSocketSession, Mono<Void>> handling) {
		Class<?>[] interfaces = Arrays.stream(ClassUtils.getAllInterfaces(handler))
			.filter((type) -> Modifier.isPublic(type.getModifiers()))
			.toArray(Class<?>[]::new);
		return (WebSocketHandler) Proxy.newProxyInstance(handler.getClass().getClassLoader(), interfaces,
				new WebSocketHandlerProxy(handler, handling));
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
			return method.invoke(this.handler, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
