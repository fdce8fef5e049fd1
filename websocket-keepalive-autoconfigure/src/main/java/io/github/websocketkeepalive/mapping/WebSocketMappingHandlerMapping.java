package io.github.websocketkeepalive.mapping;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.util.Assert;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.core.scheduler.Scheduler;

import io.github.websocketkeepalive.Internal;

/**
 * Serves every bean that carries {@link WebSocketMapping}. Comes before the mapping of
 * annotated controllers.
 */
@Internal
public final class WebSocketMappingHandlerMapping extends AbstractUrlHandlerMapping {

	private static final int BEFORE_ROUTER_FUNCTIONS = -2;

	private final Map<String, String> additionalPaths;

	private final Scheduler offloadScheduler;

	/**
	 * Create a mapping.
	 * @param additionalPaths further paths, each with the name of the bean that serves it
	 * @param offloadScheduler where handlers run that block
	 */
	public WebSocketMappingHandlerMapping(Map<String, String> additionalPaths, Scheduler offloadScheduler) {
		this.additionalPaths = Map.copyOf(additionalPaths);
		this.offloadScheduler = offloadScheduler;
		setOrder(BEFORE_ROUTER_FUNCTIONS);
	}

	@Override
	protected void initApplicationContext() throws BeansException {
		super.initApplicationContext();
		ApplicationContext context = obtainApplicationContext();
		beanNamesByPath(context).forEach((path, beanName) -> registerHandler(path, handler(context, beanName)));
	}

	private WebSocketHandler handler(ListableBeanFactory beans, String beanName) {
		WebSocketHandler handler = beans.getBean(beanName, WebSocketHandler.class);
		WebSocketMapping mapping = beans.findAnnotationOnBean(beanName, WebSocketMapping.class);
		boolean offload = mapping != null && mapping.offload();
		return offload ? WebSocketHandlerProxy.of(handler,
				new OffloadingWebSocketHandler(handler, this.offloadScheduler)::handle) : handler;
	}

	private Map<String, String> beanNamesByPath(ListableBeanFactory beans) {
		Map<String, String> beanNames = new LinkedHashMap<>();
		for (String beanName : beans.getBeanNamesForAnnotation(WebSocketMapping.class)) {
			for (String path : pathsOf(beans, beanName)) {
				add(beanNames, path, beanName);
			}
		}
		this.additionalPaths.forEach((path, beanName) -> add(beanNames, path, beanName));
		return beanNames;
	}

	private static String[] pathsOf(ListableBeanFactory beans, String beanName) {
		WebSocketMapping mapping = beans.findAnnotationOnBean(beanName, WebSocketMapping.class);
		Assert.state(mapping != null && mapping.value().length > 0,
				() -> "@WebSocketMapping on bean '%s' names no path".formatted(beanName));
		Class<?> type = beans.getType(beanName);
		Assert.state(type != null && WebSocketHandler.class.isAssignableFrom(type),
				() -> "@WebSocketMapping on bean '%s', which is no WebSocketHandler but a %s".formatted(beanName,
						type));
		return Arrays.stream(mapping.value())
			.map((path) -> path.startsWith("/") ? path : "/" + path)
			.toArray(String[]::new);
	}

	private static void add(Map<String, String> beanNames, String path, String beanName) {
		String other = beanNames.putIfAbsent(path, beanName);
		if (other != null) {
			throw new DuplicateWebSocketMappingException(path, other, beanName);
		}
	}

}
