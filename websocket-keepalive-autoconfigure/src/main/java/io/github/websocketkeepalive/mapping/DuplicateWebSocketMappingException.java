package io.github.websocketkeepalive.mapping;

import io.github.websocketkeepalive.Internal;

/**
 * Two handlers are mapped to one path.
 */
@Internal
public final class DuplicateWebSocketMappingException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final String path;

	private final String firstBeanName;

	private final String secondBeanName;

	DuplicateWebSocketMappingException(String path, String firstBeanName, String secondBeanName) {
		super("Both '%s' and '%s' are mapped to the WebSocket path '%s'".formatted(firstBeanName, secondBeanName,
				path));
		this.path = path;
		this.firstBeanName = firstBeanName;
		this.secondBeanName = secondBeanName;
	}

	/**
	 * Return the path.
	 * @return the path that both are mapped to
	 */
	public String getPath() {
		return this.path;
	}

	/**
	 * Return the bean that was found first.
	 * @return its name
	 */
	public String getFirstBeanName() {
		return this.firstBeanName;
	}

	/**
	 * Return the bean that was found second.
	 * @return its name
	 */
	public String getSecondBeanName() {
		return this.secondBeanName;
	}

}
