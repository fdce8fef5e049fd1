package io.github.websocketkeepalive.logging;

/**
 * Lets Reactor carry the id of a connection from its Context into MDC, on every thread,
 * wherever automatic context propagation is on. Needs Micrometer's context propagation.
 * Several applications in one JVM may have one each.
 */
public final class MdcPropagation implements AutoCloseable {

	/**
	 * The key of the Reactor Context under which the id of a connection is found, a
	 * {@code String}.
	 */
	public static final String CONTEXT_KEY = "websocket-keepalive.id";

	private final String key;

	/**
	 * Start to propagate.
	 * @param key the key in MDC
	 */
	public MdcPropagation(String key) {
		this.key = key;
		MdcAccessor.INSTANCE.add(key);
	}

	/**
	 * End it.
	 */
	@Override
	public void close() {
		MdcAccessor.INSTANCE.remove(this.key);
	}

}
